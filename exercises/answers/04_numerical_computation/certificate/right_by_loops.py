"""Loops over the constraints, multipliers by the pseudo-inverse."""


def kkt_residuals(slope, g, jacobian, lam):
    total = slope.clone()
    for factor, row in zip(lam, jacobian):
        total = total + factor * row
    return {
        "slackness": max(abs(a * b) for a, b in zip(lam.tolist(), g.tolist())),
        "dual": max(0.0, -lam.min().item()),
        "primal": max(0.0, g.max().item()),
        "stationarity": math.sqrt(total.square().sum().item()),
    }


def is_kkt(slope, g, jacobian, lam, tol=1e-8):
    return all(r <= tol for r in kkt_residuals(slope, g, jacobian, lam).values())


def multipliers(slope, g, jacobian, tol=1e-8):
    lam = torch.zeros_like(g)
    rows = [j for j, value in enumerate(g.tolist()) if value >= -tol]
    if rows:
        lam[rows] = torch.linalg.pinv(jacobian[rows].T) @ -slope
    return lam
