"""The generator is ignored."""
# fails: labels_at_random

plain = few_labels


def few_labels(y, per_class, generator):
    return plain(y, per_class, None)
