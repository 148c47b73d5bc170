"""The cosine added without its half."""
# fails: cosine_by_hand, cosine_of_torch, warmup_of_torch, warmup_at_its_ends, restarts_of_torch


def cosine(t, high, low, T):
    return low + (high - low) * (1 + math.cos(math.pi * min(t, T) / T))
