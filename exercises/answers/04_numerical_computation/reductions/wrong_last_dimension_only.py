"""The dimension ignored."""
# fails: softmax_matches_torch, rows_far_apart


def softmax(x, dim=-1):
    e = torch.exp(x - x.amax(dim=-1, keepdim=True))
    return e / e.sum(dim=-1, keepdim=True)
