"""The budget ignored."""
# fails: four_candidates, draws_of_the_search, seeds_and_limits

_search = search


def search(space, score, cost, budget, trials, generator):
    return _search(space, score, cost, math.inf, trials, generator)
