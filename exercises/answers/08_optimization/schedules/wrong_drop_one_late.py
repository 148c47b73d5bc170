"""Steps counted from 1 for the drop."""
# fails: decays_by_hand, steps_of_torch


def step_decay(t, lr, gamma, s):
    return lr * gamma ** ((t - 1) // s if t else 0)
