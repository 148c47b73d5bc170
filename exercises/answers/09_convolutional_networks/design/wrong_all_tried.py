"""All candidates scored, however many trials there are."""
# fails: draws_of_the_search

_search = search


def search(space, score, cost, budget, trials, generator):
    return _search(space, score, cost, budget, math.prod(map(len, space.values())), generator)
