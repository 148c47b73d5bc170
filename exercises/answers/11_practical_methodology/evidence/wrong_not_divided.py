"""The denominator is forgotten."""
# fails: ninety_of_a_hundred, intervals_of_scipy, other_confidences


def wilson(hits, n, confidence=0.95):
    z = torch.special.ndtri(torch.tensor((1 + confidence) / 2, dtype=torch.float64)).item()
    p, a = hits / n, z**2 / n
    half = math.sqrt(a * p * (1 - p) + a**2 / 4)
    return p + a / 2 - half, p + a / 2 + half
