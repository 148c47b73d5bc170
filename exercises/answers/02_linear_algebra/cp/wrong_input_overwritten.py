"""The list that was given is the list that changes."""
# fails: dtype_and_inputs_kept

whole = cp_als


def cp_als(T, factors, sweeps):
    factors[:] = whole(T, factors, sweeps)
    return factors
