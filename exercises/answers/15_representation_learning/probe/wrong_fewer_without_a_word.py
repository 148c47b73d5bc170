"""As many as there are."""
# fails: too_few_labels


def few_labels(y, per_class, generator):
    rows = [(y == c).nonzero().flatten() for c in y.unique()]
    return torch.cat([r[torch.randperm(len(r), generator=generator)[:per_class]] for r in rows])
