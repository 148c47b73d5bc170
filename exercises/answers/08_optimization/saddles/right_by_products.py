"""The Hessian row by row, signs sorted in a set; the loop over rows of the noise by index."""


def critical_point(f, x, tol=1e-6):
    x = x.detach().clone().requires_grad_(True)
    g = torch.autograd.grad(f(x), x, create_graph=True)[0]
    if math.sqrt(sum(v.item() ** 2 for v in g)) > tol:
        return "regular", None
    rows = [torch.autograd.grad(part, x, retain_graph=True, allow_unused=True)[0] if part.requires_grad else None for part in g]
    H = torch.stack([torch.zeros_like(x) if row is None else row for row in rows])
    values = torch.linalg.eigh((H + H.T) / 2).eigenvalues.tolist()
    signs = ["0" if abs(v) <= tol else "+" if v > 0 else "-" for v in values]
    word = {"+": "minimum", "-": "maximum", "+-": "saddle", "+-0": "saddle"}.get("".join(s for s in "+-0" if s in signs), "degenerate")
    return word, signs.count("-")


def escape_steps(slope, x0, lr, beta, noise, radius):
    x, v, t = x0.clone(), 0 * x0, 0
    while abs(x[0].item()) <= radius:
        if t == noise.shape[0]:
            return None
        v = beta * v - lr * slope(x) - lr * noise[t]
        x = x + v
        t += 1
    return t
