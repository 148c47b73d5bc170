"""The constant is fixed at 0."""
# fails: fits_by_scipy, variance_falls_to_that_of_likelihood

def fit_gaussian(x, y, sigma):
    k, z = y.shape[-1] / x.shape[-1], torch.cat([x, y], dim=-1) ** 2 / 2
    t = torch.cat([torch.ones_like(x), torch.zeros_like(y)], dim=-1)
    shift = -math.log(k) + math.log(sigma * math.sqrt(2 * math.pi))
    p = torch.full_like(x[..., :1], 1 / sigma**2)
    for _ in range(20):
        h = torch.sigmoid((1 / sigma**2 - p) * z + shift)
        p = p + ((h - t) * z).sum(dim=-1, keepdim=True) / (h * (1 - h) * z**2).sum(dim=-1, keepdim=True)
    return p[..., 0], 0 * p[..., 0]
