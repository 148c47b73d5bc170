"""X @ W instead of X @ W.T: it fits in shape where a layer is square, and is wrong."""
# fails: one_network_by_hand, weights_alone, output_activation_on_the_last_layer, deep_network, single_layer


def forward_propagation(X, weights, biases, activation, output_activation):
    layers = [X]
    for l, (W, b) in enumerate(zip(weights, biases), start=1):
        z = layers[-1] @ W + b
        layers.append(output_activation(z) if l == len(weights) else activation(z))
    return layers
