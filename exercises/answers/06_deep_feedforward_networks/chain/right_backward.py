"""All pre-activations first, then the product from the last layer down."""


def gradient_through_depth(activation, derivative, x, depth):
    zs = [torch.tensor(float(x), dtype=torch.float64)]
    while len(zs) < depth:
        zs.append(activation(zs[-1]))
    return math.prod(float(derivative(z)) for z in reversed(zs))
