"""The square of theta shrinks like theta."""
# fails: path_of_the_variance


def variance_path(h, sigma2, V0, rates):
    path = [V0]
    for lr in rates:
        path.append((1 - lr * h) * path[-1] + lr**2 * sigma2)
    return path
