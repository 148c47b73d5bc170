"""The best candidate scored a second time for the answer."""
# fails: draws_of_the_search


def search(space, score, cost, budget, trials, generator):
    candidates = [dict(zip(space, values)) for values in itertools.product(*space.values())]
    allowed = [c for c in candidates if cost(c) <= budget]
    order = torch.randperm(len(allowed), generator=generator)[:trials].tolist()
    best = max((allowed[i] for i in order), key=score)
    return best, score(best)
