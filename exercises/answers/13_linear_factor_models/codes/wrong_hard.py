"""The hard threshold."""
# fails: threshold_by_hand, threshold_of_torch, first_step_by_hand, orthonormal_dictionary, steps_by_autograd, conditions_of_the_minimum


def soft_threshold(u, t):
    return torch.where(u.abs() > t, u, torch.zeros_like(u))
