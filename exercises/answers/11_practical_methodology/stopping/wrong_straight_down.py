"""A straight line down."""
# fails: schedule_by_turning


def warmup_cosine(t, peak, warm, total):
    return peak * t / warm if t < warm else peak * max(0.0, (total - t) / (total - warm))
