"""Candidates drawn with replacement: some are scored twice."""
# fails: draws_of_the_search


def search(space, score, cost, budget, trials, generator):
    candidates = [dict(zip(space, values)) for values in itertools.product(*space.values())]
    allowed = [c for c in candidates if cost(c) <= budget]
    if not allowed:
        raise ValueError("nothing fits")
    order = torch.randint(len(allowed), (trials,), generator=generator).tolist()
    scores = [score(allowed[i]) for i in order]
    return allowed[order[scores.index(max(scores))]], max(scores)
