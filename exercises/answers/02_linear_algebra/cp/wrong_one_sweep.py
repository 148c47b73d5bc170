"""One sweep, however many are asked for."""
# fails: sweeps_add_up, other_numbers_of_indices

whole = cp_als


def cp_als(T, factors, sweeps):
    return whole(T, factors, min(sweeps, 1))
