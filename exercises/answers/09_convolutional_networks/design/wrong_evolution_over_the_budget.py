"""Children scored whatever they cost."""
# fails: line_of_small_changes

_evolve = evolve


def evolve(space, score, cost, budget, start, generations, generator):
    return _evolve(space, score, cost, math.inf, start, generations, generator)
