"""The function of torch."""
# fails: all


def soft_threshold(u, t):
    return torch.nn.functional.softshrink(u, t)
