"""The recurrent weights meet the state of the step itself."""
# fails: one_unit_by_hand, recurrent_weights

whole = rnn_backward


def rnn_backward(X, h_0, H, G, W_hh, W_hy):
    arrives, D = torch.zeros_like(h_0), torch.zeros_like(H)
    for t in reversed(range(X.shape[1])):
        D[:, t] = (arrives + G[:, t] @ W_hy) * (1 - H[:, t] ** 2)
        arrives = D[:, t] @ W_hh
    return whole(X, h_0, H, G, W_hh, W_hy) | {"W_hh": torch.einsum("nth,ntd->hd", D, H)}
