"""Beta weights precision."""
# fails: averages_of_sklearn


def f_score(C, average, beta=1.0):
    hit, actual, called = C.diagonal().double(), C.sum(1), C.sum(0)
    if average == "micro":
        hit, actual, called = hit.sum(), actual.sum(), called.sum()
    scores = ((1 + beta**2) * hit / (actual + beta**2 * called)).nan_to_num(0)
    return ((scores * actual).sum() / C.sum()).item() if average == "weighted" else scores.mean().item()
