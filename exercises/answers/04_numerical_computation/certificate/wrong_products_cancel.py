"""The sum of all products for the slackness."""
# fails: complementary_slackness


def kkt_residuals(slope, g, jacobian, lam):
    return {
        "stationarity": (slope + jacobian.T @ lam).square().sum().sqrt().item(),
        "primal": g.clamp(min=0).max().item(),
        "dual": (-lam).clamp(min=0).max().item(),
        "slackness": abs((lam * g).sum().item()),
    }
