"""The input is passed through the activation before the first layer."""
# fails: weights_alone, output_activation_on_the_last_layer, deep_network, single_layer


def forward_propagation(X, weights, biases, activation, output_activation):
    layers = [activation(X)]
    for l, (W, b) in enumerate(zip(weights, biases), start=1):
        z = layers[-1] @ W.T + b
        layers.append(output_activation(z) if l == len(weights) else activation(z))
    return layers
