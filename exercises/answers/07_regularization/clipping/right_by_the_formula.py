"""Divided by max(1, norm / limit), the squares added with a generator of tensors."""


def clip_by_value(gradients, limit):
    return [g.clip(max=limit).clip(min=-limit) for g in gradients]


def clip_by_norm(gradients, max_norm):
    norm = float(torch.stack([(g * g).sum() for g in gradients]).sum() ** 0.5)
    return [g / max(1.0, norm / max_norm) for g in gradients], norm
