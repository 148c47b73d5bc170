"""A drop in every step."""
# fails: decays_by_hand, steps_of_torch


def step_decay(t, lr, gamma, s):
    return lr * gamma ** (t / s)
