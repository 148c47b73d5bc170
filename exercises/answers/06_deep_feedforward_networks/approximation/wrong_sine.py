"""A squared sine: as many teeth, with the right ends, but round."""
# fails: straight_between


def tent_network(x, depth):
    return torch.sin(math.pi * 2 ** (depth - 1) * x) ** 2
