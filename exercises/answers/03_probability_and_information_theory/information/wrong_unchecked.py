"""Any numbers taken for a distribution."""
# fails: no_distribution


def entropy(p, base=2):
    return -torch.xlogy(p, p).sum() / math.log(base)
