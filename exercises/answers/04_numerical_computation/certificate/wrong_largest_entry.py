"""The largest entry of the gradient of the Lagrangian for its length."""
# fails: stationarity


def kkt_residuals(slope, g, jacobian, lam):
    return {
        "stationarity": (slope + jacobian.T @ lam).abs().max().item(),
        "primal": g.clamp(min=0).max().item(),
        "dual": (-lam).clamp(min=0).max().item(),
        "slackness": (lam * g).abs().max().item(),
    }
