"""Counting in Python, with the variance written out."""


def majority(X, y):
    labels = y.tolist()
    label = min(set(labels), key=lambda c: (-labels.count(c), c))

    def predict(new):
        return torch.tensor([label] * len(new))

    return predict


def balanced_accuracy(y, guess):
    total = {}
    for actual, called in zip(y.tolist(), guess.tolist()):
        total.setdefault(actual, []).append(actual == called)
    return sum(sum(v) / len(v) for v in total.values()) / len(total)


def ladder(rungs, X, y, train, test):
    mean = X[train].mean(0)
    spread = (X[train] - mean).square().mean(0).sqrt()
    rows, record = [], []
    for name, fit in rungs:
        predict = fit((X[train] - mean) / spread, y[train])
        guess = predict((X[test] - mean) / spread)
        right = [int(g == t) for g, t in zip(guess.tolist(), y[test].tolist())]
        n = len(right)
        if record:
            best = max(record, key=sum)
            d = [r - s for r, s in zip(right, best)]
            gain = sum(d) / n
            error = math.sqrt(sum((x - gain) ** 2 for x in d) / (n - 1) / n)
        else:
            gain, error = None, None
        record.append(right)
        rows.append((name, sum(right) / n, balanced_accuracy(y[test], guess), gain, error))
    return rows
