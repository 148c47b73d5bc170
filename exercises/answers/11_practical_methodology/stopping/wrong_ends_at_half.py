"""The cosine ends at half of the peak."""
# fails: rates_of_the_example, schedule_by_turning

plain = warmup_cosine


def warmup_cosine(t, peak, warm, total):
    return peak * (3 + math.cos(math.pi * min(t - warm, total - warm) / (total - warm))) / 4 if t >= warm else plain(t, peak, warm, total)
