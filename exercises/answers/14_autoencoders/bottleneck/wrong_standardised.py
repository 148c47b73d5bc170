"""Directions of standardised features."""
# fails: error_of_the_tail

plain = linear_autoencoder


def linear_autoencoder(X, k):
    scale = X.std(dim=0)
    W_e, b_e, W_d, b_d = plain(X / scale, k)
    return W_e / scale, b_e, W_d * scale[:, None], b_d * scale
