"""A random run of neighbouring examples, so that most choices never occur."""
# fails: labels_at_random


def few_labels(y, per_class, generator):
    drawn = []
    for c in y.unique():
        members = (y == c).nonzero().flatten()
        if len(members) < per_class:
            raise ValueError("too few examples")
        first = int(torch.randint(len(members) - per_class + 1, (1,), generator=generator))
        drawn.append(members[first : first + per_class])
    return torch.cat(drawn)
