"""NaN stays NaN, and the smallest of a list that begins with it is NaN."""
# fails: rates_that_diverge


def rate_probe(loss, slope, w0, rates, steps):
    losses = []
    for rate in rates:
        w = w0
        for _ in range(steps):
            w = w - rate * slope(w)
        losses.append(loss(w).item())
    return losses, rates[losses.index(min(losses))]
