"""The largest over the smallest eigenvalue of a symmetric matrix, with its sign."""
# fails: not_by_eigenvalues_or_determinant, random_and_rectangular


def condition_number(A):
    values = torch.linalg.eigvalsh(A)
    return (values[-1] / values[0]).item() if values[0] > 1e-15 or values[0] < -1e-15 else math.inf
