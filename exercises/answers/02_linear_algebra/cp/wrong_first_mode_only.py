"""Only the first factor is ever replaced."""
# fails: one_sweep_in_turn, other_numbers_of_indices


def cp_als(T, factors, sweeps):
    factors = list(factors)
    for _ in range(sweeps):
        K, *rest = factors[1:]
        for f in rest:
            K = khatri_rao(K, f)
        factors[0] = torch.linalg.lstsq(K, unfold(T, 0).T).solution.T
    return factors
