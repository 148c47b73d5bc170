"""The simple interval with the error of the observed share."""
# fails: ninety_of_a_hundred, intervals_of_scipy, other_confidences


def wilson(hits, n, confidence=0.95):
    z = torch.special.ndtri(torch.tensor((1 + confidence) / 2, dtype=torch.float64)).item()
    half = z * math.sqrt(hits / n * (1 - hits / n) / n)
    return hits / n - half, hits / n + half
