"""A code that is one unit wider than allowed, where there is room."""
# fails: one_unit_by_hand, error_of_the_tail, fewer_rows_than_columns

plain = linear_autoencoder


def linear_autoencoder(X, k):
    return plain(X, min(k + 1, X.shape[1]))
