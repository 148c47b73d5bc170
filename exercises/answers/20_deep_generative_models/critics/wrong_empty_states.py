"""No care for states without any mass."""
# fails: three_states, no_discriminator_is_better

def best_discriminator(p, q):
    return p / (p + q)


def jensen_shannon(p, q):
    m = (p + q) / 2
    kl = lambda a: (torch.xlogy(a, a) - torch.xlogy(a, m)).sum()
    return (kl(p) + kl(q)) / 2
