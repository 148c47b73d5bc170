"""The formula continued: period 2 T, and no jump."""
# fails: restarts_of_torch


def restarts(t, high, low, T):
    return low + (high - low) * (1 + math.cos(math.pi * t / T)) / 2
