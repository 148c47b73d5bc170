"""The highest test accuracy among those that fit."""
# fails: choice_by_validation

_choose = choose


def choose(runs, budget):
    best, _ = _choose(runs, budget)
    return best, max(run["test"] for run in runs if run["parameters"] <= budget)
