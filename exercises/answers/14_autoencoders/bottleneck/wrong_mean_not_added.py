"""The decoder forgets the mean."""
# fails: one_unit_by_hand, error_of_the_tail, fewer_rows_than_columns

plain = linear_autoencoder


def linear_autoencoder(X, k):
    W_e, b_e, W_d, b_d = plain(X, k)
    return W_e, b_e, W_d, torch.zeros_like(b_d)
