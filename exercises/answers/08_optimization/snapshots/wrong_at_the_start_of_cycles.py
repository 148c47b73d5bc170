"""Kept where the rate is highest."""
# fails: cycles_of_one_step, cycles_in_closed_form


def snapshots(slope, w0, high, period, cycles):
    w, kept = w0, []
    for t in range(cycles * period):
        if t % period == 0:
            kept.append(w)
        w = w - high / 2 * (1 + math.cos(math.pi * (t % period) / period)) * slope(w)
    return kept
