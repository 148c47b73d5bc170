"""A constant column is divided by 0."""
# fails: constant_column


def standardise(X_train, X_test):
    mean, scale = X_train.mean(dim=0), X_train.std(dim=0, correction=0)
    return (X_train - mean) / scale, (X_test - mean) / scale
