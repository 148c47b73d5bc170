"""Every sequence begins with zeros."""
# fails: inputs_kept, states_of_torch


def rnn_forward(X, h_0, W_xh, W_hh, b_h):
    h, states = torch.zeros_like(h_0), []
    for x in X.unbind(dim=1):
        h = torch.tanh(x @ W_xh.T + h @ W_hh.T + b_h)
        states.append(h)
    return torch.stack(states, dim=1)
