"""Loops over sequences, and products of columns."""


def rnn_forward(X, h_0, W_xh, W_hh, b_h):
    rows = []
    for x_n, h in zip(X, h_0):
        row = []
        for x in x_n:
            h = (W_xh @ x + W_hh @ h + b_h).tanh()
            row.append(h)
        rows.append(torch.stack(row))
    return torch.stack(rows)


def rnn_backward(X, h_0, H, G, W_hh, W_hy):
    n, T, k = G.shape
    d, h = X.shape[2], H.shape[2]
    out = {"W_xh": X.new_zeros(h, d), "W_hh": X.new_zeros(h, h), "b_h": X.new_zeros(h)}
    out |= {"W_hy": X.new_zeros(k, h), "b_y": X.new_zeros(k), "h_0": torch.zeros_like(h_0)}
    for i in range(n):
        carried = X.new_zeros(h)
        for t in range(T - 1, -1, -1):
            previous = H[i, t - 1] if t else h_0[i]
            delta = (W_hy.T @ G[i, t] + carried) * (1 - H[i, t]) * (1 + H[i, t])
            out["W_xh"] = out["W_xh"] + torch.outer(delta, X[i, t])
            out["W_hh"] = out["W_hh"] + torch.outer(delta, previous)
            out["b_h"] = out["b_h"] + delta
            out["W_hy"] = out["W_hy"] + torch.outer(G[i, t], H[i, t])
            out["b_y"] = out["b_y"] + G[i, t]
            carried = W_hh.T @ delta
        out["h_0"][i] = carried
    return out
