"""What is large is kept as it is."""
# fails: threshold_by_hand, one_column_by_hand, threshold_everywhere, optimality, newest_weights_in_order


def soft_threshold(z, t):
    return z * (z.abs() > t)
