"""The largest entry of the whole tensor subtracted."""
# fails: rows_far_apart, differences_of_large_logits


def softmax(x, dim=-1):
    e = torch.exp(x - x.max())
    return e / e.sum(dim=dim, keepdim=True)
