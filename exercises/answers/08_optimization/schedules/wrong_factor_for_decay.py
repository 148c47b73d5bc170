"""1 - lambda for the exponential."""
# fails: decays_by_hand, exponential_of_torch


def exponential_decay(t, lr, lam):
    return lr * (1 - lam) ** t
