"""One bin at a time; Newton's method for the logarithm of the temperature; counts for all thresholds at once."""


def calibration_error(p, y, bins=10):
    total = 0.0
    for b in range(bins):
        upper = p <= (b + 1) / bins
        inside = upper & (p > b / bins) if b else upper
        if inside.any():
            total += abs((y[inside] - p[inside]).mean().item()) * inside.sum().item() / len(p)
    return total


def fit_temperature(Z, y):
    Z, t = Z.double(), torch.zeros((), dtype=torch.float64)
    right = Z.gather(1, y[:, None])[:, 0]
    for _ in range(200):
        scaled = Z * torch.exp(t)
        p = scaled.softmax(1)
        mean = (p * scaled).sum(1)
        slope = (mean - right * torch.exp(t)).mean()
        curve = ((p * scaled**2).sum(1) - mean**2).mean() + slope
        t = (t - (slope / curve).clamp(-0.5, 0.5) if curve > 0 else t - 0.3 * torch.sign(slope)).clamp(-4.6, 4.6)
    return torch.exp(-t).item()


def bayes_threshold(c_fp, c_fn):
    return 1 / (1 + c_fn / c_fp)


def cheapest_threshold(p, y, c_fp, c_fn):
    thresholds = torch.cat([p.unique(), torch.tensor([math.inf], dtype=p.dtype)])
    called = p >= thresholds[:, None]
    costs = c_fp * (called & (y == 0)).sum(1) + c_fn * (~called & (y == 1)).sum(1)
    k = int(costs.argmin())
    return thresholds[k].item(), float(costs[k])


def selective_risk(confidence, right):
    ahead = confidence[:, None] <= confidence
    risks = (ahead & ~right).sum(1) / ahead.sum(1)
    return risks[confidence.argsort(descending=True)].to(confidence.dtype)
