"""Each tensor is clipped for itself."""
# fails: clipping_by_hand, clipping_of_torch


def clip_norm(gradients, c):
    return [g * min(1.0, c / g.norm().item()) if g.norm() > 0 else g for g in gradients]
