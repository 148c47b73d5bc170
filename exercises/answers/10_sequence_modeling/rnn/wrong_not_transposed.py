"""The gradient goes back through the matrix, not its transpose."""
# fails: first_state, input_weights_and_bias, recurrent_weights

whole = rnn_backward


def rnn_backward(X, h_0, H, G, W_hh, W_hy):
    return whole(X, h_0, H, G, W_hh.T, W_hy)
