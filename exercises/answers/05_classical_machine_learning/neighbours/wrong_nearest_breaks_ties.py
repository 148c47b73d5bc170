"""Of classes with equally many votes that of the nearest."""
# fails: tied_classes


def knn_classify(D, y, k):
    out = []
    for row in y[D.argsort(dim=1)[:, :k]].tolist():
        count = Counter(row)
        tied = [c for c in count if count[c] == max(count.values())]
        out.append(min(tied) if len(row) > 3 else next(c for c in row if c in tied))
    return torch.tensor(out)
