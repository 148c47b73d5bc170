"""Computed, some of the numbers as tensors."""

odds = {
    "disease": 0.0095 / 0.059,
    "mean": torch.tensor(2.9),
    "variance": 9.3 - 2.9**2,
    "heart": 1 / 2,
    "both": 8 / 25,
    "reverse": 8 / 15,
    "above": 0.25,
    "centre": 1,
    "seven": 120 / 1024,
    "band": math.erf(math.sqrt(0.5)),
    "rare": math.log2(10),
    "unfair": torch.tensor(0.468996),
    "shared": 0.970951 - 0.785673,
}
