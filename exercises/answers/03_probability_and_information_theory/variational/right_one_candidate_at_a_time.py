"""Loops over the candidates, the bound as evidence minus divergence."""


def evidence(log_joint):
    top = log_joint.amax(dim=1)
    return top + torch.exp(log_joint - top[:, None]).sum(dim=1).log()


def latent_posterior(log_joint):
    return torch.exp(log_joint - evidence(log_joint)[:, None])


def elbo(log_joint, q):
    energy = torch.where(q > 0, q * log_joint, torch.zeros_like(q)).sum(dim=1)
    return energy - torch.xlogy(q, q).sum(dim=1)


def fit_gaussian(x, p, means, variances, direction):
    best = (math.inf, None, None)
    for m in means.tolist():
        for v in variances.tolist():
            log_q = torch.log_softmax(-((x - m) ** 2) / (2 * v), dim=0)
            if direction == "forward":
                cost = float((torch.xlogy(p, p) - p * log_q).sum())
            else:
                there = log_q.exp() > 0
                q = log_q[there].exp()
                cost = float((q * (log_q[there] - p[there].log())).sum())
            if cost < best[0]:
                best = (cost, m, v)
    return best[1:]
