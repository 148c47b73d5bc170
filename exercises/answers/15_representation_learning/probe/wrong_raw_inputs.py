"""A classifier of the inputs, whatever the encoder does."""
# fails: scores_of_sklearn

plain = linear_probe


def linear_probe(encoder, X, y, X_new, y_new, ridge):
    return plain(nn.Identity(), X, y, X_new, y_new, ridge)
