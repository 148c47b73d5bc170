"""The gradients of the outputs are overwritten."""
# fails: inputs_kept

whole = rnn_backward


def rnn_backward(X, h_0, H, G, W_hh, W_hy):
    out = whole(X, h_0, H, G, W_hh, W_hy)
    G *= 0
    return out
