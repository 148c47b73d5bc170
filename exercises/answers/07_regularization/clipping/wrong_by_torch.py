"""The answer by torch's own function."""
# fails: all


def clip_by_norm(gradients, max_norm):
    norm = torch.nn.utils.clip_grad_norm_([torch.nn.Parameter(g) for g in gradients], max_norm)
    return gradients, float(norm)
