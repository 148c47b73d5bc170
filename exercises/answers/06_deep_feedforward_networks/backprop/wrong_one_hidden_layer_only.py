"""Written for one hidden layer; deeper layers get no gradient."""
# fails: four_layers


def backpropagation(zs, hs, weights, Y, derivative, output_derivative):
    delta = 2 / len(Y) * (hs[-1] - Y) * output_derivative(zs[-1])
    last = (delta.T @ hs[-2], delta.sum(dim=0))
    delta = (delta @ weights[-1]) * derivative(zs[-2])
    first = (delta.T @ hs[-3], delta.sum(dim=0))
    return [first, last]
