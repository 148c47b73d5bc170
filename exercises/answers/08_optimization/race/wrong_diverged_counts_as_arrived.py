"""A loop that ends when the loss is no longer at least the goal: nan ends it too."""
# fails: not_arrived


def race(makers, loss, slope, starts, goal, most):
    def run(make, x):
        step, t = make(), 0
        while loss(x) >= goal:
            if t == most:
                return None
            step(x, slope(x))
            t += 1
        return t

    return {name: [run(make, x.clone()) for x in starts] for name, make in makers.items()}
