"""The difference of the two maxima clamped instead of the maximum replaced."""


def merge(m1, s1, m2, s2):
    m = torch.maximum(m1, m2)
    a = torch.where(m1 == m, torch.ones_like(m), torch.exp(m1 - m))
    b = torch.where(m2 == m, torch.ones_like(m), torch.exp(m2 - m))
    return m, s1 * a + s2 * b
