"""Minus infinity subtracted from itself."""
# fails: blocks_of_minus_infinity


def merge(m1, s1, m2, s2):
    m = m1.maximum(m2)
    return m, s1 * torch.exp(m1 - m) + s2 * torch.exp(m2 - m)
