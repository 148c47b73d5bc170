"""Weights are changed in place."""
# fails: rates_that_diverge


def rate_probe(loss, slope, w0, rates, steps):
    losses, start = [], w0.clone()
    for rate in rates:
        w0.copy_(start)
        for _ in range(steps):
            w0 -= rate * slope(w0)
        losses.append(loss(w0).item() if loss(w0).isfinite() else math.inf)
    return losses, rates[losses.index(min(losses))]
