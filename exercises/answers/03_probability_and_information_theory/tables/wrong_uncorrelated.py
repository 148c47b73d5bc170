"""No covariance taken for independence."""
# fails: dependence_is_seen


def is_independent(joint, tol=1e-9):
    x, y = (torch.arange(n, dtype=joint.dtype) for n in joint.shape)
    mean_x, mean_y = joint.sum(dim=1) @ x, joint.sum(dim=0) @ y
    return bool(abs(x @ joint @ y - mean_x * mean_y) <= tol)
