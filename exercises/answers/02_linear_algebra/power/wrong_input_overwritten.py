"""Deflation in the matrix that was given."""
# fails: dtype_and_inputs_kept


def top_eigenpairs(A, k, generator):
    values, vectors = [], []
    for _ in range(k):
        value, v = power_iteration(A, torch.randn(len(A), generator=generator, dtype=A.dtype))
        A -= value * torch.outer(v, v)
        values.append(value)
        vectors.append(v)
    return torch.stack(values), torch.stack(vectors, dim=1)
