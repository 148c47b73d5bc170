"""The list begins after the first step."""
# fails: path_of_the_variance


def variance_path(h, sigma2, V0, rates):
    path = []
    for lr in rates:
        V0 = (1 - lr * h) ** 2 * V0 + lr**2 * sigma2
        path.append(V0)
    return path
