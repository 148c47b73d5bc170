"""The largest score is subtracted, though it is a forbidden one."""
# fails: large_scores


def masked_softmax(scores, mask=None):
    e = (scores - scores.amax(dim=-1, keepdim=True)).exp()
    e = e if mask is None else e * mask
    return e / e.sum(dim=-1, keepdim=True).clamp(min=1e-300 if e.dtype == torch.float64 else 1e-38)
