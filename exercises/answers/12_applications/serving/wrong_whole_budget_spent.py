"""The largest threshold that the budget allows."""
# fails: thresholds_by_trying


def cascade_threshold(confidence, small, large, costs, budget):
    allowed = [t for t in (0.0, *confidence.tolist(), math.inf) if cascade(confidence, small, large, t, costs)[1] <= budget + 1e-9]
    return max(allowed, default=None)
