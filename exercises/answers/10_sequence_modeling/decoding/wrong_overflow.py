"""The inverse sigmoid as it is printed."""
# fails: three_schedules

whole = sampling_probability


def sampling_probability(i, k, kind):
    return k / (k + math.exp(i / k)) if kind == "inverse sigmoid" else whole(i, k, kind)
