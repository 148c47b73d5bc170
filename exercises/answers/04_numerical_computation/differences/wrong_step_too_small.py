"""A step of 1e-12, where rounding is all there is."""
# fails: gradient_of_two_numbers, gradient_of_a_matrix, calls_and_step, point_unchanged, right_and_wrong, faults_are_found, small_and_large_gradients


def numerical_gradient(f, x, h=1e-5):
    h, g = 1e-12, torch.zeros_like(x)
    for i in range(x.numel()):
        step = torch.zeros_like(x)
        step.view(-1)[i] = h
        g.view(-1)[i] = (f(x + step) - f(x - step)) / (2 * h)
    return g
