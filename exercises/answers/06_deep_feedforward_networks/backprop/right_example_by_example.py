"""Outer products summed over the examples, one example at a time."""


def backpropagation(zs, hs, weights, Y, derivative, output_derivative):
    L, N = len(weights), len(Y)
    dWs = [torch.zeros_like(W) for W in weights]
    dbs = [torch.zeros(len(W), dtype=W.dtype) for W in weights]
    for i in range(N):
        delta = 2 * (hs[L][i] - Y[i]) * output_derivative(zs[L - 1][i]) / N
        for l in range(L - 1, -1, -1):
            dWs[l] = dWs[l] + torch.outer(delta, hs[l][i])
            dbs[l] = dbs[l] + delta
            if l:
                delta = weights[l].T @ delta * derivative(zs[l - 1][i])
    return list(zip(dWs, dbs))
