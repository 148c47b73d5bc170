"""nan where the gradients are zero."""
# fails: all_zero


def clip_by_norm(gradients, max_norm):
    norm = torch.stack([g.square().sum() for g in gradients]).sum().sqrt()
    return [torch.where(norm <= max_norm, g * (norm / norm), g * max_norm / norm) for g in gradients], norm.item()
