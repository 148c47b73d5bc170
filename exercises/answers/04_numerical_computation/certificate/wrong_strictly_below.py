"""Residuals of exactly tol refused."""
# fails: tolerance_included


def is_kkt(slope, g, jacobian, lam, tol=1e-8):
    return max(kkt_residuals(slope, g, jacobian, lam).values()) < tol
