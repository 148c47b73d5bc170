"""Classes left to chance."""
# fails: classes_evenly


def stratified_folds(y, k, generator):
    return k_folds(len(y), k, generator)
