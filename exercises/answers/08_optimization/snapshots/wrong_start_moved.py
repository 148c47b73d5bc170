"""The start moved in place, with copies kept."""
# fails: gradients_counted_and_start_kept


def snapshots(slope, w0, high, period, cycles):
    kept = []
    for t in range(cycles * period):
        w0 -= high / 2 * (1 + math.cos(math.pi * (t % period) / period)) * slope(w0)
        if (t + 1) % period == 0:
            kept.append(w0.clone())
    return kept
