"""The lowest rate is reached before the restart."""
# fails: restarts_of_torch


def restarts(t, high, low, T):
    return cosine(t % (T + 1), high, low, T)
