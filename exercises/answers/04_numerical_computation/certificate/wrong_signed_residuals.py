"""The largest entries without the maximum with 0."""
# fails: optimum_of_the_triangle, primal_feasibility, dual_feasibility


def kkt_residuals(slope, g, jacobian, lam):
    return {
        "stationarity": (slope + jacobian.T @ lam).square().sum().sqrt().item(),
        "primal": g.max().item() - (1e-3 if g.max() <= 0 else 0),
        "dual": (-lam).max().item() - (1e-3 if lam.min() >= 0 else 0),
        "slackness": (lam * g).abs().max().item(),
    }
