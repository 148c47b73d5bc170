"""Densities with a floor against division by zero, which is all there is between far modes."""
# fails: far_modes

def divergences(a, u, w):
    x = torch.linspace(-a - 12, a + 12, 20001, dtype=torch.float64)
    left, right = (torch.exp(-((x + s * a) ** 2) / 2) / math.sqrt(2 * math.pi) for s in (1, -1))
    p, q = u * left + (1 - u) * right, w * left + (1 - w) * right
    psi = lambda s, m: -(s * (x + a) * left + (1 - s) * (x - a) * right) / (m + 1e-12)
    fisher = torch.trapezoid(p * (psi(u, p) - psi(w, q)) ** 2, x) / 2
    return fisher.item(), torch.trapezoid(p * torch.log((p + 1e-300) / (q + 1e-300)), x).item()
