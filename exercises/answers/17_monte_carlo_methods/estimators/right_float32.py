"""Single precision, both halves drawn one after the other."""


def integrate(f, kind, n, repeats, generator):
    if kind == "antithetic":
        u = torch.rand(n // 2, repeats, generator=generator)
        return (f(u).mean(dim=0) + f(1 - u).mean(dim=0)) / 2
    u = torch.rand(n, repeats, generator=generator)
    if kind == "stratified":
        u = (torch.arange(n)[:, None] + u) / n
    y = f(u)
    if kind == "control":
        du, dy = u - u.mean(dim=0), y - y.mean(dim=0)
        return y.mean(dim=0) + (dy * du).sum(dim=0) / (du**2).sum(dim=0) * (0.5 - u.mean(dim=0))
    return y.mean(dim=0)
