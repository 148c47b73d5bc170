"""The first candidates of the list, none drawn."""
# fails: seeds_and_limits


def search(space, score, cost, budget, trials, generator):
    candidates = [dict(zip(space, values)) for values in itertools.product(*space.values())]
    allowed = [c for c in candidates if cost(c) <= budget][:trials]
    scores = [score(c) for c in allowed]
    return allowed[scores.index(max(scores))], max(scores)
