"""An unknown kind forces always."""
# fails: three_schedules

whole = sampling_probability


def sampling_probability(i, k, kind):
    return whole(i, k, kind) if kind in ("linear", "exponential", "inverse sigmoid") else 1.0
