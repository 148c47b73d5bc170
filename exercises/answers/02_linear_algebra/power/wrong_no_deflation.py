"""The same eigenvalue again and again."""
# fails: deflation, deflation_with_signs


def top_eigenpairs(A, k, generator):
    pairs = [power_iteration(A, torch.randn(len(A), generator=generator, dtype=A.dtype)) for _ in range(k)]
    return torch.stack([p[0] for p in pairs]), torch.stack([p[1] for p in pairs], dim=1)
