"""One rule for all starts, with the velocity of the run before."""
# fails: several_starts


def race(makers, loss, slope, starts, goal, most):
    def run(step, x):
        for t in range(most + 1):
            if loss(x) < goal:
                return t
            step(x, slope(x))
        return None

    rules = {name: make() for name, make in makers.items()}
    return {name: [run(step, x.clone()) for x in starts] for name, step in rules.items()}
