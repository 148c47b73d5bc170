"""Plain gradient descent."""
# fails: coin_by_hand, step_by_eigenvectors, invariance_under_linear_maps, coin_anywhere, gap_of_second_order


def natural_step(theta, gradient, fisher, lr, damping=0.0):
    return theta - lr * gradient


def coin_step(q, p, lr, by):
    if by == "probability":
        return p - lr * (p - q) / (p * (1 - p))
    return 1 / (1 + math.exp(-math.log(p / (1 - p)) + lr * (p - q)))
