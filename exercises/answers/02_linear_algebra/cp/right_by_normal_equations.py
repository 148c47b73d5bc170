"""Small normal equations, and a product in which the known modes are summed one by one."""


def unfold(T, mode):
    order = [mode, *(i for i in range(T.dim()) if i != mode)]
    return T.permute(order).flatten(1)


def khatri_rao(A, B):
    return torch.einsum("ir,jr->ijr", A, B).flatten(0, 1)


def cp_als(T, factors, sweeps):
    factors = [f.clone() for f in factors]
    for _ in range(sweeps):
        for mode in range(len(factors)):
            others = [f for i, f in enumerate(factors) if i != mode]
            gram, K = torch.ones(1, dtype=T.dtype), torch.ones(1, others[0].shape[1], dtype=T.dtype)
            for f in others:
                gram, K = gram * (f.T @ f), khatri_rao(K, f)
            factors[mode] = torch.linalg.solve(gram, (unfold(T, mode) @ K).T).T
    return factors


def cp_parameters(shape, rank):
    return sum(n * rank for n in shape)
