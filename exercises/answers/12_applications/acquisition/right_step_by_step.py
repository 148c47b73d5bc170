"""Sorted lists and distances computed when needed."""


def margin_sampling(probabilities, labelled, k):
    rows = [sorted(row, reverse=True) for row in probabilities.tolist()]
    free = [i for i in range(len(rows)) if not labelled[i]]
    return sorted(free, key=lambda i: (rows[i][0] - rows[i][1], i))[:k]


def _farthest(X, given, candidates, k):
    given, chosen = list(given), []
    for _ in range(k):
        gaps = {i: min((X[i] - X[j]).norm().item() for j in given) for i in candidates if i not in chosen}
        best = next(i for i in sorted(gaps) if gaps[i] == max(gaps.values()))
        given.append(best)
        chosen.append(best)
    return chosen


def k_center(X, labelled, k):
    return _farthest(X, torch.nonzero(labelled).flatten().tolist(), torch.nonzero(~labelled).flatten().tolist(), k)


def diverse_margin(probabilities, X, labelled, k, pool):
    return _farthest(X, torch.nonzero(labelled).flatten().tolist(), margin_sampling(probabilities, labelled, pool), k)
