"""All of the rest on one side: 1.645 for 95 %."""
# fails: ninety_of_a_hundred, intervals_of_scipy, other_confidences


def wilson(hits, n, confidence=0.95):
    z = torch.special.ndtri(torch.tensor(confidence, dtype=torch.float64)).item()
    p, a = hits / n, z**2 / n
    half = math.sqrt(a * p * (1 - p) + a**2 / 4)
    return (p + a / 2 - half) / (1 + a), (p + a / 2 + half) / (1 + a)
