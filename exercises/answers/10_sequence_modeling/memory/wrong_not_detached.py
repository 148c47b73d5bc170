"""The state is never cut off, which gives the full gradient."""
# fails: chunks_of_torch


def truncated_bptt(X, Y, W_xh, W_hh, k):
    W = W_hh.clone().requires_grad_()
    h, states = torch.zeros_like(Y[0]), []
    for x in X:
        h = torch.tanh(W_xh @ x + W @ h)
        states.append(h)
    H = torch.stack(states)
    return torch.autograd.grad(((H - Y) ** 2).sum() / 2, W)[0], H.detach()
