"""Loops over rows, sets of groups, and one synthetic point at a time."""


def standardize(train, other):
    columns = []
    for a, b in zip(train.T, other.T):
        spread = ((a - a.mean()) ** 2).mean().sqrt()
        spread = spread if spread > 0 else 1.0
        columns.append(((a - a.mean()) / spread, (b - a.mean()) / spread))
    return tuple(torch.stack([pair[side] for pair in columns], dim=1) for side in (0, 1))


def group_split(groups, fraction, generator):
    names = sorted(set(groups.tolist()))
    drawn, count = set(), 0
    for i in torch.randperm(len(names), generator=generator).tolist():
        if count < fraction * len(groups):
            drawn.add(names[i])
            count += groups.tolist().count(names[i])
    held = [i for i, g in enumerate(groups.tolist()) if g in drawn]
    return torch.tensor([i for i in range(len(groups)) if i not in held]), torch.tensor(held)


def time_folds(times, k):
    order = sorted(range(len(times)), key=lambda i: times[i].item())
    size, n = len(order) // (k + 1), len(order)
    return [(torch.tensor(order[: n - j * size]), torch.tensor(order[n - j * size : n - (j - 1) * size])) for j in range(k, 0, -1)]


def find_leaks(X, groups, times, train, test):
    found = []
    pairs = [(int(a), int(b)) for a in train for b in test]
    if any(a == b for a, b in pairs):
        found.append("overlap")
    if any(a != b and torch.equal(X[a], X[b]) for a, b in pairs):
        found.append("duplicate")
    if any(groups[a] == groups[b] for a, b in pairs):
        found.append("group")
    if any(times[a] >= times[b] for a, b in pairs):
        found.append("future")
    return found


def cross_validate(choose, fit, X, y, folds):
    def accuracy(train, held):
        columns = choose(X[train], y[train])
        guesses = fit(X[train][:, columns], y[train])(X[held][:, columns])
        return int((guesses == y[held]).sum()) / len(held)

    return [accuracy(*fold) for fold in folds]


def smote(X, k, count, generator):
    points = []
    for _ in range(count):
        i = int(torch.randint(len(X), (), generator=generator))
        far = (X - X[i]).norm(dim=1)
        far[i] = math.inf
        j = far.topk(k, largest=False).indices[int(torch.randint(k, (), generator=generator))]
        u = torch.rand((), generator=generator, dtype=X.dtype)
        points.append((1 - u) * X[i] + u * X[j])
    return torch.stack(points)
