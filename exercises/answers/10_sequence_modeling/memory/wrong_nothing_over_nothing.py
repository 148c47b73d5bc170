"""Zeros become NaN."""
# fails: clipping_of_zeros


def clip_norm(gradients, c):
    norm = torch.stack([g.norm() for g in gradients]).norm()
    scale = torch.minimum(c, norm) / norm if isinstance(c, Tensor) else norm.clamp(max=c) / norm
    return [scale * g for g in gradients]
