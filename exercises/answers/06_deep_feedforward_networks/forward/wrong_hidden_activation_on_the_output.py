"""The hidden activation used on the last layer too."""
# fails: one_network_by_hand, output_activation_on_the_last_layer, deep_network, single_layer


def forward_propagation(X, weights, biases, activation, output_activation):
    layers = [X]
    for W, b in zip(weights, biases):
        layers.append(activation(layers[-1] @ W.T + b))
    return layers
