"""The derivative is taken at h instead of z: invisible with ReLU."""
# fails: one_example, tanh_network, four_layers


def backpropagation(zs, hs, weights, Y, derivative, output_derivative):
    delta = 2 / len(Y) * (hs[-1] - Y) * output_derivative(zs[-1])
    gradients = []
    for l in reversed(range(len(weights))):
        gradients.append((delta.T @ hs[l], delta.sum(dim=0)))
        if l > 0:
            delta = (delta @ weights[l]) * derivative(hs[l])
    return gradients[::-1]
