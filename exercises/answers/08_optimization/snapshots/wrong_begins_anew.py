"""Every cycle starts from the first parameters."""
# fails: cycles_of_one_step, cycles_in_closed_form


def snapshots(slope, w0, high, period, cycles):
    kept = []
    for _ in range(cycles):
        w = w0
        for t in range(period):
            w = w - high / 2 * (1 + math.cos(math.pi * t / period)) * slope(w)
        kept.append(w)
    return kept
