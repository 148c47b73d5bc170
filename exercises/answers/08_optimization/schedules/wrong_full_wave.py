"""A whole wave over T steps."""
# fails: cosine_by_hand, cosine_of_torch, cosine_ends_low, warmup_of_torch, warmup_at_its_ends, restarts_of_torch


def cosine(t, high, low, T):
    return low + (high - low) * (1 + math.cos(2 * math.pi * min(t, T) / T)) / 2
