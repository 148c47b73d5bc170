"""The gradient of the sum over the examples, not of the mean."""
# fails: two_layers_by_hand, tanh_network, relu_network_with_square_layers, sigmoid_output, four_layers, weights_of_the_output_layer


def backpropagation(zs, hs, weights, Y, derivative, output_derivative):
    delta = 2 * (hs[-1] - Y) * output_derivative(zs[-1])
    gradients = []
    for l in reversed(range(len(weights))):
        gradients.append((delta.T @ hs[l], delta.sum(dim=0)))
        if l > 0:
            delta = (delta @ weights[l]) * derivative(zs[l - 1])
    return gradients[::-1]
