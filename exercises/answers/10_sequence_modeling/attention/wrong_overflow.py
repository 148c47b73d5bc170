"""The largest score is not subtracted."""
# fails: large_scores


def masked_softmax(scores, mask=None):
    e = scores.exp() if mask is None else scores.exp() * mask
    return e / e.sum(dim=-1, keepdim=True).clamp(min=1e-300 if e.dtype == torch.float64 else 1e-38)
