"""Plain exponentials, the maximum taken as 0."""
# fails: two_blocks_by_hand, large_logits


def normalizer(x, block):
    s = sum(torch.exp(p).sum(dim=1) for p in x.split(block, dim=1))
    return torch.zeros_like(s), s
