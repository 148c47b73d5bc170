"""Negative entries become 0."""
# fails: threshold_by_hand, threshold_of_torch, orthonormal_dictionary, steps_by_autograd, conditions_of_the_minimum


def soft_threshold(u, t):
    return (u - t).clamp(min=0)
