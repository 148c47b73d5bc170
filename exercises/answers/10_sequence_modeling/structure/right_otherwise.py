"""By flipping the sequence; row by row with backward; the tree from a stack."""


def birnn(X, forward, backward):
    def read(Z, W_xh, W_hh, b):
        out = X.new_zeros(*X.shape[:2], len(b))
        for t in range(X.shape[1]):
            past = out[:, t - 1] @ W_hh.T if t else 0
            out[:, t] = torch.tanh(Z[:, t] @ W_xh.T + past + b)
        return out

    return torch.cat([read(X, *forward), read(X.flip(1), *backward).flip(1)], dim=2)


def influence(f, X):
    rows = []
    for t in range(len(X)):
        squares = torch.zeros(len(X), dtype=X.dtype)
        Z = X.clone().requires_grad_()
        for y in f(Z)[t]:
            (g,) = torch.autograd.grad(y, Z, retain_graph=True)
            squares = squares + (g * g).sum(dim=1)
        rows.append(squares.sqrt())
    return torch.stack(rows)


def left_chain(T):
    return 0 if T == 1 else (left_chain(T - 1), T - 1)


def depth(tree):
    level, count = [tree], -1
    while level:
        level = [p for t in level if isinstance(t, tuple) for p in t]
        count += 1
    return count
