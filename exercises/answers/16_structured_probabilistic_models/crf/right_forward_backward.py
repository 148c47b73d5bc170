"""Sentence by sentence, without padding; marginals by a recursion from the end."""


def log_partition(U, T, lengths):
    found = []
    for u, n in zip(U, lengths.tolist()):
        alpha = u[0]
        for row in u[1:n]:
            alpha = (alpha[:, None] + T + row).logsumexp(dim=0)
        found.append(alpha.logsumexp(dim=0))
    return torch.stack(found)


def sequence_nll(U, T, tags, lengths):
    found = []
    for u, y, n in zip(U, tags, lengths.tolist()):
        y = y[:n]
        found.append(u[torch.arange(n), y].sum() + T[y[:-1], y[1:]].sum())
    return log_partition(U, T, lengths) - torch.stack(found)


def tag_marginals(U, T, lengths):
    found = torch.zeros_like(U)
    for b, n in enumerate(lengths.tolist()):
        alpha, beta = [U[b, 0]], [torch.zeros_like(U[b, 0])]
        for t in range(1, n):
            alpha.append((alpha[-1][:, None] + T).logsumexp(dim=0) + U[b, t])
            beta.insert(0, (T + U[b, n - t] + beta[0]).logsumexp(dim=1))
        found[b, :n] = (torch.stack(alpha) + torch.stack(beta)).softmax(dim=1)
    return found


def viterbi(U, T, lengths):
    tags = torch.full(U.shape[:2], -1)
    for b, n in enumerate(lengths.tolist()):
        ahead = [U[b, n - 1]]
        for t in range(n - 2, -1, -1):
            ahead.insert(0, U[b, t] + (T + ahead[0]).amax(dim=1))
        tags[b, 0] = ahead[0].argmax()
        for t in range(1, n):
            tags[b, t] = (T[tags[b, t - 1]] + ahead[t]).argmax()
    return tags
