"""Short gradients stretched to the limit."""
# fails: short_enough


def clip_by_norm(gradients, max_norm):
    norm = math.sqrt(sum(g.square().sum().item() for g in gradients))
    return [g * (max_norm / norm) if norm else g for g in gradients], norm
