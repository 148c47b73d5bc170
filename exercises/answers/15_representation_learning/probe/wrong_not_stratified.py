"""As many examples in all, of any class."""
# fails: two_of_each_class, labels_at_random, too_few_labels


def few_labels(y, per_class, generator):
    return torch.randperm(len(y), generator=generator)[: per_class * len(y.unique())]
