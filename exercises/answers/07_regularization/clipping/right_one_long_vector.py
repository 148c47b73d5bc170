"""One long vector, a factor of at most 1 by min."""


def clip_by_value(gradients, limit):
    return [torch.where(g.abs() > limit, limit * g.sign(), g) for g in gradients]


def clip_by_norm(gradients, max_norm):
    norm = torch.linalg.vector_norm(torch.cat([g.flatten() for g in gradients])).item()
    factor = min(1.0, max_norm / norm) if norm else 1.0
    return [factor * g for g in gradients], norm
