"""The point moved and not restored."""
# fails: gradient_of_two_numbers, gradient_of_a_matrix, point_unchanged


def numerical_gradient(f, x, h=1e-5):
    g = torch.zeros_like(x)
    for i in range(x.numel()):
        x.view(-1)[i] += h
        above = f(x)
        x.view(-1)[i] -= 2 * h
        g.view(-1)[i] = (above - f(x)) / (2 * h)
    return g
