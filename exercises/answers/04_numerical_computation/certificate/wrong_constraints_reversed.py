"""g >= 0 taken to be required."""
# fails: optimum_of_the_triangle, primal_feasibility, each_condition_decides, tolerance_included


def kkt_residuals(slope, g, jacobian, lam):
    return {
        "stationarity": (slope + jacobian.T @ lam).square().sum().sqrt().item(),
        "primal": (-g).clamp(min=0).max().item(),
        "dual": (-lam).clamp(min=0).max().item(),
        "slackness": (lam * g).abs().max().item(),
    }
