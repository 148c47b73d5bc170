"""The cosine takes `total` steps after the warmup."""
# fails: warmup_of_torch, warmup_at_its_ends


def warmup_cosine(t, high, low, warm, total):
    return high * (t + 1) / warm if t < warm else cosine(t - warm, high, low, total)
