"""The gradients themselves are scaled."""
# fails: clipping_of_torch


def clip_norm(gradients, c):
    norm = math.sqrt(sum((g * g).sum().item() for g in gradients))
    for g in gradients:
        g *= c / norm if norm > c else 1.0
    return gradients
