"""The gradient computed twice a step."""
# fails: gradients_counted_and_start_kept


def snapshots(slope, w0, high, period, cycles):
    w, kept = w0, []
    for t in range(cycles * period):
        if not slope(w).isnan().any():
            w = w - high / 2 * (1 + math.cos(math.pi * (t % period) / period)) * slope(w)
        if (t + 1) % period == 0:
            kept.append(w)
    return kept
