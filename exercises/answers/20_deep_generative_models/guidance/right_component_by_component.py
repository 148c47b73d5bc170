"""By predicted data, component after component, logarithms normalised by hand."""

def level(t, betas):
    return torch.tensor([float(torch.prod(1 - betas[: int(k)])) for k in t], dtype=betas.dtype).view(-1, 1)


def score_from_noise(noise, t, betas):
    return noise / -torch.sqrt(1 - level(t, betas))


def mixture_noise(x, t, betas, means, weights, s):
    a = level(t, betas)
    var = a * s * s + 1 - a
    logs, datas = [], []
    for m, p in zip(means, weights):
        logs.append(torch.log(p) - ((x - a.sqrt() * m) ** 2).sum(1, keepdim=True) / (2 * var))
        datas.append(m + a.sqrt() * s * s * (x - a.sqrt() * m) / var)
    logs = torch.cat(logs, dim=1)
    share = (logs - torch.logsumexp(logs, dim=1, keepdim=True)).exp()
    data = sum(share[:, k : k + 1] * d for k, d in enumerate(datas))
    return (x - a.sqrt() * data) / (1 - a).sqrt()


def guided_noise(x, t, betas, means, weights, s, k, w):
    everything = mixture_noise(x, t, betas, means, weights, s)
    alone = mixture_noise(x, t, betas, means[[k]], torch.ones(1, dtype=x.dtype), s)
    return everything + (1 + w) * (alone - everything)


def tilted_gaussian(c, tau, w):
    v = 1 + tau * tau
    variance = v / (v * (1 + w) - w)
    return variance * (1 + w) * c, variance
