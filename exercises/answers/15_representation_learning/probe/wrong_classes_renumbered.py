"""Only the classes that occur get a column."""
# fails: scores_of_sklearn

of_all_classes = linear_probe


def linear_probe(encoder, X, y, X_new, y_new, ridge):
    return of_all_classes(encoder, X, y.unique(return_inverse=True)[1], X_new, y_new, ridge)
