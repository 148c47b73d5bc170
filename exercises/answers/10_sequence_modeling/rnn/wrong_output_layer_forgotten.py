"""The algorithm read literally: all parameters by delta, and the output layer gets nothing."""
# fails: output_layer

whole = rnn_backward


def rnn_backward(X, h_0, H, G, W_hh, W_hy):
    out = whole(X, h_0, H, G, W_hh, W_hy)
    return out | {"W_hy": torch.zeros_like(W_hy), "b_y": torch.zeros_like(out["b_y"])}
