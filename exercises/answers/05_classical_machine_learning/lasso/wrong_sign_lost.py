"""The size without its sign."""
# fails: threshold_by_hand, threshold_everywhere, optimality, newest_weights_in_order


def soft_threshold(z, t):
    return (z.abs() - t).clamp(min=0)
