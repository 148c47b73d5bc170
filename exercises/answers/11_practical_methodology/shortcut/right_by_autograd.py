"""Copies by a sign vector; counts in dictionaries; the penalty by autograd; examples repeated by weights."""


def flip_rate(predict, X, column):
    signs = torch.ones(X.shape[1], dtype=X.dtype)
    signs[column] = -1
    changed = predict(X).ne(predict(X * signs))
    return changed.sum().item() / len(X)


def group_weights(groups):
    names = groups.tolist()
    raw = torch.tensor([1 / names.count(g) for g in names], dtype=torch.float64)
    return raw / raw.mean()


def irm_penalty(z, y, environment):
    total = z.new_zeros(())
    for e in set(environment.tolist()):
        own, labels = z[environment == e], y[environment == e].to(z.dtype)
        w = torch.ones((), dtype=z.dtype, requires_grad=True)
        risk = torch.nn.functional.binary_cross_entropy_with_logits(own * w, labels)
        total = total + torch.autograd.grad(risk, w, create_graph=True)[0] ** 2
    return total


def worst_group(right, groups):
    rates = {}
    for r, g in zip(right.tolist(), groups.tolist()):
        rates.setdefault(g, []).append(r)
    return min(sum(v) / len(v) for v in rates.values())


def robust_fit(X, y, column):
    groups = torch.where(X[:, column] > 0, 10, 0) + y
    smallest = min(int((groups == g).sum()) for g in groups.unique())
    rows = torch.cat([(groups == g).nonzero()[:, 0][:smallest] for g in groups.unique()])
    return logistic(X[rows], y[rows], torch.ones(len(rows), dtype=torch.float64))
