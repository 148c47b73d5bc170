"""The limit put to each entry."""
# fails: three_and_four, too_long, short_enough


def clip_by_norm(gradients, max_norm):
    norm = math.sqrt(sum(g.square().sum().item() for g in gradients))
    return [g.clamp(-0.5 * max_norm, 0.5 * max_norm) for g in gradients], norm
