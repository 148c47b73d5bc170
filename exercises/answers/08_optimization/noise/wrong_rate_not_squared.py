"""The noise enters with the rate, not with its square."""
# fails: path_of_the_variance


def variance_path(h, sigma2, V0, rates):
    path = [V0]
    for lr in rates:
        path.append((1 - lr * h) ** 2 * path[-1] + lr * sigma2)
    return path
