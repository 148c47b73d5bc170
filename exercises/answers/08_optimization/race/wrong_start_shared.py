"""No copy: the next rule begins where the last one stopped."""
# fails: three_rules, several_starts, turned_ravine, starts_kept


def race(makers, loss, slope, starts, goal, most):
    def run(make, x):
        step = make()
        for t in range(most + 1):
            if loss(x) < goal:
                return t
            step(x, slope(x))
        return None

    return {name: [run(make, x) for x in starts] for name, make in makers.items()}
