"""a / mean."""
# fails: waiting_times, markov_bound


def markov(mean, a):
    if mean < 0 or a <= 0:
        raise ValueError
    return min(1.0, a / mean) if mean else 1.0
