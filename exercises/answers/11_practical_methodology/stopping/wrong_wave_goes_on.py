"""After the end the rate rises again."""
# fails: schedule_by_turning


def warmup_cosine(t, peak, warm, total):
    return peak * t / warm if t < warm else peak * (1 + math.cos(math.pi * (t - warm) / (total - warm))) / 2
