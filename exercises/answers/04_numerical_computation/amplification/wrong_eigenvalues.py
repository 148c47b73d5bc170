"""Eigenvalues for singular values."""
# fails: not_by_eigenvalues_or_determinant, random_and_rectangular, singular


def condition_number(A):
    values = torch.linalg.eigvals(A).abs()
    return (values.max() / values.min()).item() if values.min() > 1e-300 else 1e14
