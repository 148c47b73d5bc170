"""The gradient without its factor 2."""
# fails: smallest_penalty_of_a_zero_code


def zero_penalty(X, D):
    return (X @ D).abs().amax(dim=1)
