"""Every step begins a chunk, so that most losses count k times."""
# fails: chunks_of_torch, one_chunk_is_everything

whole = truncated_bptt


def truncated_bptt(X, Y, W_xh, W_hh, k):
    states, total = whole(X, Y, W_xh, W_hh, k)[1], torch.zeros_like(W_hh)
    for start in range(len(X)):
        W = W_hh.clone().requires_grad_()
        h = states[start - 1] if start else torch.zeros_like(Y[0])
        loss = 0.0
        for x, y in zip(X[start : start + k], Y[start : start + k]):
            h = torch.tanh(W_xh @ x + W @ h)
            loss = loss + ((h - y) ** 2).sum() / 2
        total = total + torch.autograd.grad(loss, W)[0]
    return total, states
