"""One element looked at, the others left at 0."""
# fails: gradient_of_two_numbers, right_and_wrong, gradient_of_a_matrix, calls_and_step, point_unchanged, faults_are_found, small_and_large_gradients, zero_gradients_and_tolerance


def numerical_gradient(f, x, h=1e-5):
    g, step = torch.zeros_like(x), torch.zeros_like(x)
    step.view(-1)[0] = h
    g.view(-1)[0] = (f(x + step) - f(x - step)) / (2 * h)
    return g
