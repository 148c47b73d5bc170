"""A few steps of gradient descent."""
# fails: fits_by_scipy, variance_falls_to_that_of_likelihood

def fit_gaussian(x, y, sigma):
    k, half = y.shape[-1] / x.shape[-1], torch.cat([x, y], dim=-1) ** 2 / 2
    label = torch.cat([torch.ones_like(x), torch.zeros_like(y)], dim=-1)
    log_scale = math.log(sigma * math.sqrt(2 * math.pi))
    p, c = torch.full_like(x[..., :1], 1 / sigma**2), torch.full_like(x[..., :1], -log_scale)
    for _ in range(10):
        r = torch.sigmoid((1 / sigma**2 - p) * half + c + log_scale - math.log(k)) - label
        p = p + 0.1 * (r * half).mean(dim=-1, keepdim=True)
        c = c - 0.1 * r.mean(dim=-1, keepdim=True)
    return p[..., 0], c[..., 0]
