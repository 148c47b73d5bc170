"""The cosine counted from step 0, so that the rate drops when the warmup ends."""
# fails: warmup_of_torch, warmup_at_its_ends


def warmup_cosine(t, high, low, warm, total):
    return high * (t + 1) / warm if t < warm else cosine(t, high, low, total)
