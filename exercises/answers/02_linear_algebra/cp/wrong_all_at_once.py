"""All modes are updated from the old factors."""
# fails: one_unknown_factor, one_sweep_in_turn, error_never_grows, other_numbers_of_indices


def cp_als(T, factors, sweeps):
    factors = list(factors)
    for _ in range(sweeps):
        new = []
        for mode in range(T.dim()):
            K, *rest = (f for i, f in enumerate(factors) if i != mode)
            for f in rest:
                K = khatri_rao(K, f)
            new.append(torch.linalg.lstsq(K, unfold(T, mode).T).solution.T)
        factors = new
    return factors
