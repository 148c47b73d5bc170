"""The cheapest where none is allowed."""
# fails: nothing_allowed

_choose = choose_model


def choose_model(accuracy, cost, times, most_cost, most_latency):
    best = _choose(accuracy, cost, times, most_cost, most_latency)
    return cost.index(min(cost)) if best is None else best
