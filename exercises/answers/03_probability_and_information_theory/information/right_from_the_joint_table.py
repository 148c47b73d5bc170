"""Zeros masked instead of xlogy, mutual information as a divergence of tables."""


def entropy(p, base=2):
    if p.min() < 0 or not 1 - 1e-6 <= p.sum() <= 1 + 1e-6:
        raise ValueError("not a distribution")
    p = p[p > 0]
    return (p * (1 / p).log()).sum() / math.log(base)


def cross_entropy(p, q, base=2):
    there = p > 0
    return -(p[there] * q[there].log()).sum() / math.log(base)


def kl_divergence(p, q, base=2):
    return cross_entropy(p, q, base) - cross_entropy(p, p, base)


def conditional_entropy(p_x, channel, base=2):
    joint = p_x[:, None] * channel
    return cross_entropy(joint.flatten(), channel.flatten(), base)


def mutual_information(p_x, channel, base=2):
    joint = p_x[:, None] * channel
    return kl_divergence(joint.flatten(), torch.outer(p_x, joint.sum(dim=0)).flatten(), base)
