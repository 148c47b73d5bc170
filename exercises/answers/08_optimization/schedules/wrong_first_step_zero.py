"""A warmup from zero."""
# fails: warmup_of_torch, warmup_at_its_ends


def warmup_cosine(t, high, low, warm, total):
    return high * t / warm if t < warm else cosine(t - warm, high, low, total - warm)
