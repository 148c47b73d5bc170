"""Short gradients are made longer."""
# fails: clipping_of_torch, clipping_of_zeros


def clip_norm(gradients, c):
    norm = math.sqrt(sum((g * g).sum().item() for g in gradients))
    return [c / norm * g if norm else g for g in gradients]
