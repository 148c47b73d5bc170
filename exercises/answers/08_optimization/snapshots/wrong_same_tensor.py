"""The same tensor kept several times, and changed in place."""
# fails: cycles_of_one_step, cycles_in_closed_form


def snapshots(slope, w0, high, period, cycles):
    w, kept = w0.clone(), []
    for t in range(cycles * period):
        w -= high / 2 * (1 + math.cos(math.pi * (t % period) / period)) * slope(w)
        if (t + 1) % period == 0:
            kept.append(w)
    return kept
