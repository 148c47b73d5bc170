"""The accuracy on what it was fitted on."""
# fails: accuracy_on_new_rows

plain = linear_probe


def linear_probe(encoder, X, y, X_new, y_new, ridge):
    return plain(encoder, X, y, X_new, y_new, ridge)[0], plain(encoder, X, y, X, y, ridge)[1]
