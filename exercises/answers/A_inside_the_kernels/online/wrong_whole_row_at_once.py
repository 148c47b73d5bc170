"""The row is read as a whole, the block ignored."""
# fails: block_by_block


def normalizer(x, block):
    m = x.amax(dim=1)
    return m, torch.exp(x - m[:, None]).sum(dim=1)
