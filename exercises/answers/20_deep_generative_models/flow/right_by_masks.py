"""One mask for each half, index lists, the chi-squared density by gamma."""

def parts(d, swap):
    first = torch.arange(d) < d // 2
    return ~first if swap else first


def coupling(z, theta, swap):
    stay = parts(z.shape[1], swap)
    s, t = conditioner(z[:, stay], theta)
    x = z.clone()
    x[:, ~stay] = z[:, ~stay] * torch.exp(s) + t
    return x, torch.sum(s, dim=1)


def coupling_inverse(x, theta, swap):
    stay = parts(x.shape[1], swap)
    s, t = conditioner(x[:, stay], theta)
    z = x.clone()
    z[:, ~stay] = (x[:, ~stay] - t) / torch.exp(s)
    return z, -torch.sum(s, dim=1)


def flow_sample(z, layers):
    x = z
    total = torch.zeros(len(z), dtype=z.dtype)
    swap = False
    for theta in layers:
        x, log_det = coupling(x, theta, swap)
        total = total + log_det
        swap = not swap
    return x, (-0.5 * z.pow(2) - 0.5 * math.log(2 * math.pi)).sum(1) - total


def flow_log_prob(x, layers):
    swaps = [i % 2 == 1 for i in range(len(layers))]
    total = torch.zeros(len(x), dtype=x.dtype)
    for theta, swap in list(zip(layers, swaps))[::-1]:
        x, log_det = coupling_inverse(x, theta, swap)
        total = total + log_det
    return total + (-0.5 * x.pow(2) - 0.5 * math.log(2 * math.pi)).sum(1)


def square_log_prob(x):
    z = x.sqrt()
    one = -(z**2) / 2 - math.log(2 * math.pi) / 2 - torch.log(2 * z)
    return torch.logaddexp(one, one)
