"""One over the determinant."""
# fails: symmetric_two_by_two, not_by_eigenvalues_or_determinant, random_and_rectangular


def condition_number(A):
    determinant = abs(torch.linalg.det(A).item())
    return 1 / determinant if determinant else math.inf
