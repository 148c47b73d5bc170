"""The output error is taken with respect to the activation, not the pre-activation: right only for
a linear output.
"""
# fails: sigmoid_output, four_layers


def backpropagation(zs, hs, weights, Y, derivative, output_derivative):
    delta = 2 / len(Y) * (hs[-1] - Y)
    gradients = []
    for l in reversed(range(len(weights))):
        gradients.append((delta.T @ hs[l], delta.sum(dim=0)))
        if l > 0:
            delta = (delta @ weights[l]) * derivative(zs[l - 1])
    return gradients[::-1]
