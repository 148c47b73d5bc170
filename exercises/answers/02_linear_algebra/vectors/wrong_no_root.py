"""The sum of the powers without its root."""
# fails: norms_by_hand, angle_by_hand, norms_of_finite_order, huge_and_tiny_entries, gradient_of_the_norm, angles_of_random_vectors, parallel_vectors

whole = lp_norm


def lp_norm(x, p):
    return whole(x, p) if p == math.inf else whole(x, p) ** p
