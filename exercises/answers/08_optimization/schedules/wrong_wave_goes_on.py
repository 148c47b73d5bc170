"""The cosine comes up again after T."""
# fails: cosine_ends_low, warmup_at_its_ends


def cosine(t, high, low, T):
    return low + (high - low) * (1 + math.cos(math.pi * t / T)) / 2
