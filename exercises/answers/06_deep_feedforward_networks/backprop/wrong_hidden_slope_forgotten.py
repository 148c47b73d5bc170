"""The hidden activation has no derivative."""
# fails: two_layers_by_hand, tanh_network, relu_network_with_square_layers, sigmoid_output, four_layers, one_example


def backpropagation(zs, hs, weights, Y, derivative, output_derivative):
    delta = 2 / len(Y) * (hs[-1] - Y) * output_derivative(zs[-1])
    gradients = []
    for l in reversed(range(len(weights))):
        gradients.append((delta.T @ hs[l], delta.sum(dim=0)))
        if l > 0:
            delta = delta @ weights[l]
    return gradients[::-1]
