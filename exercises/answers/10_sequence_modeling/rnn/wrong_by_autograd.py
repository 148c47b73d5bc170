"""Backpropagation by the machine."""
# fails: all


def rnn_backward(X, h_0, H, G, W_hh, W_hy):
    X.requires_grad_()
    (H @ W_hy.T * G).sum().backward()
    return {}
