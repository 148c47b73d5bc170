"""Normalised once more by the largest entry, the residual by an outer sum; deflation by projecting the iterates."""


def rayleigh_quotient(A, v):
    return torch.einsum("i,ij,j->", v, A, v) / torch.dot(v, v)


def power_iteration(A, v, tol=1e-10, max_steps=1000):
    if (v == 0).all():
        raise ValueError
    steps = 0
    while steps < max_steps:
        v = v / v.abs().max()
        v = v / torch.dot(v, v).sqrt()
        value = rayleigh_quotient(A, v)
        rest = A @ v - value * v
        if torch.dot(rest, rest).sqrt() <= tol * abs(value):
            return value, v
        v = A @ v
        steps += 1
    raise RuntimeError


def top_eigenpairs(A, k, generator):
    V = torch.zeros(len(A), 0, dtype=A.dtype)
    values = []
    for _ in range(k):
        P = torch.eye(len(A), dtype=A.dtype) - V @ V.T
        value, v = power_iteration(P @ A @ P, torch.randn(len(A), dtype=A.dtype, generator=generator))
        values.append(value)
        V = torch.cat([V, v[:, None]], dim=1)
    return torch.tensor([float(v) for v in values], dtype=A.dtype), V
