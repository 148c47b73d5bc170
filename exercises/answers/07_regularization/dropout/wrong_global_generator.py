"""Draws from the global generator."""
# fails: same_seed_same_mask


def standard_dropout(h, p, training, generator):
    return torch.where(torch.rand(h.shape) >= p, h, 0) if training else h * (1 - p)
