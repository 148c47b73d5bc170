"""Singular values and vectors from A A', the twins by trace and determinant."""


def condition_number(A):
    sigma = torch.linalg.svd(A, full_matrices=False).S.tolist()
    return max(sigma) / min(sigma) if min(sigma) else math.inf


def worst_case(A):
    _, U = torch.linalg.eigh(A @ A.T)
    return U[:, -1], -U[:, 0]


def jacobi_scaled(A):
    if not bool((torch.diagonal(A) > 0).all()):
        raise ValueError("the diagonal")
    d = torch.diagonal(A) ** -0.5
    return d[:, None] * A * d


def kappa_of_twins(eps):
    half_trace = 1 + eps / 2
    largest = half_trace + math.sqrt(1 + eps * eps / 4)
    smallest = eps / largest
    return largest / smallest
