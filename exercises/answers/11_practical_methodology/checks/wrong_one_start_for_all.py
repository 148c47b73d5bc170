"""Each rate goes on where the last one ended."""
# fails: rates_in_closed_form, rates_that_diverge


def rate_probe(loss, slope, w0, rates, steps):
    losses, w = [], w0
    for rate in rates:
        for _ in range(steps):
            w = w - rate * slope(w)
        losses.append(loss(w).item() if loss(w).isfinite() else math.inf)
    return losses, rates[losses.index(min(losses))]
