"""k is thought to be 1 in the fit."""
# fails: fits_by_scipy

def fit_gaussian(x, y, sigma):
    half = torch.cat([x, y], dim=-1) ** 2 / 2
    label = torch.cat([torch.ones_like(x), torch.zeros_like(y)], dim=-1)
    log_scale = math.log(sigma * math.sqrt(2 * math.pi))
    p, c = torch.full_like(x[..., :1], 1 / sigma**2), torch.full_like(x[..., :1], -log_scale)
    for _ in range(20):
        h = torch.sigmoid((1 / sigma**2 - p) * half + c + log_scale)
        r, v = h - label, h * (1 - h)
        g, gc = -(r * half).sum(dim=-1, keepdim=True), r.sum(dim=-1, keepdim=True)
        aa, ac, cc = ((v * u).sum(dim=-1, keepdim=True) for u in (half**2, -half, 1))
        det = aa * cc - ac**2
        p, c = p - (cc * g - ac * gc) / det, c - (aa * gc - ac * g) / det
    return p[..., 0], c[..., 0]
