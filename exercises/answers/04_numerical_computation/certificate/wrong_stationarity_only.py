"""One condition of four."""
# fails: each_condition_decides


def is_kkt(slope, g, jacobian, lam, tol=1e-8):
    return kkt_residuals(slope, g, jacobian, lam)["stationarity"] <= tol
