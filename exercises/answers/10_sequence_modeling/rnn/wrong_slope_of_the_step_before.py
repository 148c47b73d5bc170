"""The slope of tanh is taken one step too early."""
# fails: first_state, input_weights_and_bias, one_unit_by_hand, recurrent_weights

whole = rnn_backward


def rnn_backward(X, h_0, H, G, W_hh, W_hy):
    before = torch.cat([h_0[:, None], H[:, :-1]], dim=1)
    arrives, D = torch.zeros_like(h_0), torch.zeros_like(H)
    for t in reversed(range(X.shape[1])):
        D[:, t] = (arrives + G[:, t] @ W_hy) * (1 - before[:, t] ** 2)
        arrives = D[:, t] @ W_hh
    out = whole(X, h_0, H, G, W_hh, W_hy)
    out |= {"W_xh": torch.einsum("nth,ntd->hd", D, X), "W_hh": torch.einsum("nth,ntd->hd", D, before)}
    return out | {"b_h": D.sum(dim=(0, 1)), "h_0": arrives}
