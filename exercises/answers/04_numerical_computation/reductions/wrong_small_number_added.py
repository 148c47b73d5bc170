"""A small number added to the sum so that it is never 0."""
# fails: softmax_matches_torch, wide_and_low_rows, masked_positions


def softmax(x, dim=-1):
    e = torch.exp(x - x.amax(dim=dim, keepdim=True))
    return e / (e.sum(dim=dim, keepdim=True) + 1e-6)
