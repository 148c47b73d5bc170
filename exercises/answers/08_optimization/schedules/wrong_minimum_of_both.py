"""The smaller of the rise and a cosine that began at step 0."""
# fails: warmup_of_torch, warmup_at_its_ends


def warmup_cosine(t, high, low, warm, total):
    return min(1.0, (t + 1) / max(warm, 1)) * cosine(t, high, low, total)
