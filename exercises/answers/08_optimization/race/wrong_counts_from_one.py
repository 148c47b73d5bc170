"""The steps counted one too many."""
# fails: momentum_in_the_ravine, three_rules, several_starts, turned_ravine, not_arrived


def race(makers, loss, slope, starts, goal, most):
    def run(make, x):
        step = make()
        for t in range(1, most + 2):
            if loss(x) < goal:
                return t
            step(x, slope(x))
        return None

    return {name: [run(make, x.clone()) for x in starts] for name, make in makers.items()}
