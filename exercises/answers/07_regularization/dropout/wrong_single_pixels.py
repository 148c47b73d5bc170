"""Pixels of feature maps dropped one by one."""
# fails: whole_feature_maps


def spatial_dropout(x, p, training, generator):
    return inverted_dropout(x, p, training, generator)
