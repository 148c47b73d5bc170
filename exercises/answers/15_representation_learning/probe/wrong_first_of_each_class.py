"""The first examples of each class."""
# fails: labels_at_random


def few_labels(y, per_class, generator):
    rows = [(y == c).nonzero().flatten() for c in y.unique()]
    if min(len(r) for r in rows) < per_class:
        raise ValueError
    return torch.cat([r[:per_class] for r in rows])
