"""Every chunk begins with zeros."""
# fails: chunks_of_torch, states_go_on


def truncated_bptt(X, Y, W_xh, W_hh, k):
    W = W_hh.clone().requires_grad_()
    states = []
    for t, x in enumerate(X):
        h = torch.zeros_like(Y[0]) if t % k == 0 else h
        h = torch.tanh(W_xh @ x + W @ h)
        states.append(h)
    H = torch.stack(states)
    return torch.autograd.grad(((H - Y) ** 2).sum() / 2, W)[0], H.detach()
