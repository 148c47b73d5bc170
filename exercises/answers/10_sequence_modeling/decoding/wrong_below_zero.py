"""The linear schedule goes on below 0."""
# fails: three_schedules

whole = sampling_probability


def sampling_probability(i, k, kind):
    return 1 - i / k if kind == "linear" else whole(i, k, kind)
