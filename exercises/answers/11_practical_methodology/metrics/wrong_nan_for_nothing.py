"""0/0 is NaN."""
# fails: classes_without_examples


def f_score(C, average, beta=1.0):
    hit, actual, called = C.diagonal().double(), C.sum(1), C.sum(0)
    if average == "micro":
        hit, actual, called = hit.sum(), actual.sum(), called.sum()
    scores = (1 + beta**2) * hit / (beta**2 * actual + called)
    return ((scores * actual).sum() / C.sum()).item() if average == "weighted" else scores.mean().item()
