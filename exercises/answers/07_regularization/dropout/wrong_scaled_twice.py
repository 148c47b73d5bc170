"""Inverted dropout, and scaled in evaluation as well."""
# fails: two_forms, inverted_values, whole_feature_maps


def inverted_dropout(h, p, training, generator, inverted_dropout=inverted_dropout):
    return inverted_dropout(h, p, training, generator) if training else h * (1 - p)
