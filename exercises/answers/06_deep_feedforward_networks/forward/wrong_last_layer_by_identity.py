"""The last layer is told by its matrix, which an earlier layer may share."""
# fails: output_activation_on_the_last_layer


def forward_propagation(X, weights, biases, activation, output_activation):
    layers = [X]
    for W, b in zip(weights, biases):
        z = layers[-1] @ W.T + b
        layers.append(output_activation(z) if W is weights[-1] else activation(z))
    return layers
