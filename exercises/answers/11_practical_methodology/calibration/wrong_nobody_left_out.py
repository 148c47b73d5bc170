"""At least one example is always called."""
# fails: threshold_by_trying

plain = cheapest_threshold


def cheapest_threshold(p, y, c_fp, c_fn):
    def cost(t):
        return c_fp * ((p >= t) & (y == 0)).sum().item() + c_fn * ((p < t) & (y == 1)).sum().item()

    best = min(p.tolist(), key=cost)
    return best, float(cost(best))
