"""A step first, then the test."""
# fails: several_starts


def race(makers, loss, slope, starts, goal, most):
    def run(make, x):
        step = make()
        for t in range(1, most + 1):
            step(x, slope(x))
            if loss(x) < goal:
                return t
        return None

    return {name: [run(make, x.clone()) for x in starts] for name, make in makers.items()}
