"""The Fisher divergence without the half."""
# fails: all

def divergences(a, u, w):
    x = torch.linspace(-a - 12, a + 12, 20001, dtype=torch.float64)
    post = lambda s: torch.sigmoid(math.log(s / (1 - s)) - 2 * a * x)
    dens = lambda s: torch.logaddexp(math.log(s) - (x + a) ** 2 / 2, math.log(1 - s) - (x - a) ** 2 / 2) - math.log(2 * math.pi) / 2
    p = dens(u).exp()
    return torch.trapezoid(p * 4 * a**2 * (post(u) - post(w)) ** 2, x).item(), torch.trapezoid(p * (dens(u) - dens(w)), x).item()
