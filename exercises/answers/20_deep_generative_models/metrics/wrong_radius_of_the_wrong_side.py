"""Balls around the fakes for the precision."""
# fails: precision_and_recall_by_sklearn

def precision_recall(real, fake, k):
    distance = lambda A, B: ((A[:, None] - B) ** 2).sum(dim=2).sqrt()
    radius = lambda A: distance(A, A).sort(dim=1).values[:, k]
    between = distance(fake, real)
    precision = (between.T <= radius(fake)).T.any(dim=1).double().mean().item()
    return precision, (between.T <= radius(fake)).any(dim=1).double().mean().item()
