"""What has exactly the threshold isn't called."""
# fails: threshold_by_trying


def cheapest_threshold(p, y, c_fp, c_fn):
    def cost(t):
        return c_fp * ((p > t) & (y == 0)).sum().item() + c_fn * ((p <= t) & (y == 1)).sum().item()

    best = min([*p.tolist(), math.inf], key=cost)
    return best, float(cost(best))
