"""The last layer handled after the loop; parameters counted through a matrix that has a column for
the bias.
"""


def forward_propagation(X, weights, biases, activation, output_activation):
    layers = [X]
    for W, b in zip(weights[:-1], biases[:-1]):
        layers += [activation(torch.einsum("ni,oi->no", layers[-1], W) + b)]
    return [*layers, output_activation(torch.einsum("ni,oi->no", layers[-1], weights[-1]) + biases[-1])]


def count_parameters(sizes, bias=True):
    total = 0
    for l in range(1, len(sizes)):
        total += sizes[l] * (sizes[l - 1] + int(bias))
    return total
