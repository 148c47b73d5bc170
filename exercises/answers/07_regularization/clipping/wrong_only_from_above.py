"""Large negative entries left."""
# fails: cut_off_by_value


def clip_by_value(gradients, limit):
    return [g.clamp(max=limit) for g in gradients]
