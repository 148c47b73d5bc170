"""The penalty is weighed against the mean of the errors."""
# fails: scores_of_sklearn

plain = linear_probe


def linear_probe(encoder, X, y, X_new, y_new, ridge):
    return plain(encoder, X, y, X_new, y_new, ridge * len(X))
