"""A mean over samples of one mode."""
# fails: all

def divergences(a, u, w):
    generator = torch.Generator().manual_seed(0)
    x = a + torch.randn(100000, generator=generator, dtype=torch.float64)
    post = lambda s: torch.sigmoid(math.log(s / (1 - s)) - 2 * a * x)
    dens = lambda s: torch.logaddexp(math.log(s) - (x + a) ** 2 / 2, math.log(1 - s) - (x - a) ** 2 / 2)
    return (4 * a**2 * (post(u) - post(w)) ** 2).mean().item() / 2, (dens(u) - dens(w)).mean().item()
