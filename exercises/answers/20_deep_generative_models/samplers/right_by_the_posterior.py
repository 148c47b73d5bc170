"""By predicted data and the posterior's mean; DDIM by a ratio; lists in place of tensors."""

def left_of(betas):
    left = [torch.ones((), dtype=betas.dtype)]
    for beta in betas:
        left.append(left[-1] * (1 - beta))
    return left


def ddpm_sample(eps, x_T, betas, variance, generator):
    left, x = left_of(betas), x_T.clone()
    for t in reversed(range(1, len(betas) + 1)):
        now, before, beta = left[t], left[t - 1], betas[t - 1]
        steps = t * torch.ones(len(x), dtype=torch.long)
        x_0 = (x - torch.sqrt(1 - now) * eps(x, steps)) / torch.sqrt(now)
        mean = (torch.sqrt(before) * beta * x_0 + torch.sqrt(1 - beta) * (1 - before) * x) / (1 - now)
        fresh = torch.empty_like(x).normal_(generator=generator)
        var = {"beta": beta, "posterior": beta * (1 - before) / (1 - now)}[variance]
        x = mean + torch.sqrt(var) * fresh * (t > 1)
    return x


def ddim_sample(eps, x_T, betas, times):
    left, x = left_of(betas), x_T
    for i, t in enumerate(times):
        after = times[i + 1] if i + 1 < len(times) else 0
        noise = eps(x, torch.tensor([t] * len(x)))
        ratio = torch.sqrt(left[after] / left[t])
        x = ratio * x + (torch.sqrt(1 - left[after]) - ratio * torch.sqrt(1 - left[t])) * noise
    return x
