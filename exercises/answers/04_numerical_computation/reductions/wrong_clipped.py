"""Inputs clipped before the exponential."""
# fails: thousand, rows_far_apart, wide_and_low_rows, differences_of_large_logits


def softmax(x, dim=-1):
    e = torch.exp(x.clamp(-80, 80))
    return e / e.sum(dim=dim, keepdim=True)
