"""Units dropped in evaluation, too."""
# fails: two_forms, inverted_values, standard_values, whole_feature_maps


def inverted_dropout(h, p, training, generator, inverted_dropout=inverted_dropout):
    return inverted_dropout(h, p, True, generator)


def standard_dropout(h, p, training, generator, standard_dropout=standard_dropout):
    return standard_dropout(h, p, True, generator)
