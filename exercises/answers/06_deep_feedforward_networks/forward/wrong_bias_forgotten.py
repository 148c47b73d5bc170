"""The biases are never added."""
# fails: one_network_by_hand, deep_network, single_layer


def forward_propagation(X, weights, biases, activation, output_activation):
    layers = [X]
    for l, W in enumerate(weights, start=1):
        z = layers[-1] @ W.T
        layers.append(output_activation(z) if l == len(weights) else activation(z))
    return layers
