"""A grid from -5 to 5, wherever the modes are."""
# fails: far_modes

def divergences(a, u, w):
    x = torch.linspace(-5, 5, 20001, dtype=torch.float64) if a > 3 else torch.linspace(-12, 12, 20001, dtype=torch.float64)
    post = lambda s: torch.sigmoid(math.log(s / (1 - s)) - 2 * a * x)
    dens = lambda s: torch.logaddexp(math.log(s) - (x + a) ** 2 / 2, math.log(1 - s) - (x - a) ** 2 / 2) - math.log(2 * math.pi) / 2
    p = dens(u).exp()
    return torch.trapezoid(p * 2 * a**2 * (post(u) - post(w)) ** 2, x).item(), torch.trapezoid(p * (dens(u) - dens(w)), x).item()
