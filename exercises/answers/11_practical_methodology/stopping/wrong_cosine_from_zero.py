"""The cosine begins at step 0, beneath the warmup."""
# fails: rates_of_the_example, schedule_by_turning


def warmup_cosine(t, peak, warm, total):
    return peak * t / warm if t < warm else peak * (1 + math.cos(math.pi * min(t / total, 1))) / 2
