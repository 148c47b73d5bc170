"""Each tensor clipped by its own norm."""
# fails: three_and_four, too_long


def clip_by_norm(gradients, max_norm):
    norms = [g.norm().item() for g in gradients]
    factors = [min(1.0, max_norm / n) if n else 1.0 for n in norms]
    return [f * g for f, g in zip(factors, gradients)], math.hypot(*norms)
