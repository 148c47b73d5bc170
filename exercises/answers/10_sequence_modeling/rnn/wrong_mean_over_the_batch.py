"""Means over the batch for sums."""
# fails: input_weights_and_bias, output_layer, recurrent_weights

whole = rnn_backward


def rnn_backward(X, h_0, H, G, W_hh, W_hy):
    out = whole(X, h_0, H, G, W_hh, W_hy)
    return {k: v if k == "h_0" else v / len(X) for k, v in out.items()}
