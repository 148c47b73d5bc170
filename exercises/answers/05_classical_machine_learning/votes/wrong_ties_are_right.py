"""A tie counts as right."""
# fails: errors_of_the_majority


def majority_error(p, B):
    return sum(math.comb(B, k) * p**k * (1 - p) ** (B - k) for k in range(B // 2 + 1, B + 1))
