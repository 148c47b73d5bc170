"""What is left over comes last and is never used."""
# fails: seven_examples_in_time, folds_of_sklearn


def time_folds(times, k):
    order, size = times.argsort(), len(times) // (k + 1)
    return [(order[: i * size], order[i * size : (i + 1) * size]) for i in range(1, k + 1)]
