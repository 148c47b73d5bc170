"""The best whatever its size."""
# fails: choice_by_validation

_choose = choose


def choose(runs, budget):
    return _choose(runs, math.inf)
