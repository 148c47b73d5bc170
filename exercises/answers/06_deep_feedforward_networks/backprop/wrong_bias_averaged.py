"""The bias gradient is averaged over the examples a second time."""
# fails: two_layers_by_hand, tanh_network, relu_network_with_square_layers, sigmoid_output, four_layers


def backpropagation(zs, hs, weights, Y, derivative, output_derivative):
    delta = 2 / len(Y) * (hs[-1] - Y) * output_derivative(zs[-1])
    gradients = []
    for l in reversed(range(len(weights))):
        gradients.append((delta.T @ hs[l], delta.mean(dim=0)))
        if l > 0:
            delta = (delta @ weights[l]) * derivative(zs[l - 1])
    return gradients[::-1]
