"""A run that did not arrive is given the largest number of steps."""
# fails: not_arrived


def race(makers, loss, slope, starts, goal, most):
    def run(make, x):
        step = make()
        for t in range(most):
            if loss(x) < goal:
                return t
            step(x, slope(x))
        return most

    return {name: [run(make, x.clone()) for x in starts] for name, make in makers.items()}
