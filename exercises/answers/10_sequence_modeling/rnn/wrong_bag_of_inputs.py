"""The order is lost: every state sees the mean of the inputs so far."""
# fails: inputs_kept, states_of_torch, two_states_by_hand


def rnn_forward(X, h_0, W_xh, W_hh, b_h):
    means = X.cumsum(dim=1) / torch.arange(1, X.shape[1] + 1)[:, None]
    return torch.tanh(means @ W_xh.T + h_0[:, None] @ W_hh.T + b_h).to(X.dtype)
