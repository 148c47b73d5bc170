"""Three of Newton's steps."""
# fails: laplace_by_autograd

def laplace(a, m0, v0):
    w = torch.tensor(float(m0), dtype=torch.float64)
    def slopes(w):
        z = a * w
        r = (-(z**2) / 2 - math.log(2 * math.pi) / 2 - torch.special.log_ndtr(z)).exp()
        return -(w - m0) / v0 + (a * r).sum(), 1 / v0 + (a**2 * r * (z + r)).sum()
    for _ in range(3):
        g, h = slopes(w)
        w = w + g / h
    h = slopes(w)[1]
    joint = -((w - m0) ** 2) / (2 * v0) - math.log(2 * math.pi * v0) / 2 + torch.special.log_ndtr(a * w).sum()
    return w, 1 / h, joint + math.log(2 * math.pi) / 2 - h.log() / 2
