"""A run whose loss is not finite is given up at once."""


def race(makers, loss, slope, starts, goal, most):
    def steps(make, x):
        rule = make()
        for t in range(most):
            value = float(loss(x))
            if value < goal:
                return t
            if not math.isfinite(value):
                return None
            rule(x, slope(x))
        return most if loss(x) < goal else None

    return {name: [steps(make, x.clone()) for x in starts] for name, make in makers.items()}
