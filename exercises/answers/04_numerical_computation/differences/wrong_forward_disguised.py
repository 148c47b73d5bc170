"""The forward difference called central."""
# fails: cube_at_one, orders, sides, calls_and_step, gradient_of_a_matrix, faults_are_found, small_and_large_gradients, right_and_wrong, gradient_of_two_numbers, point_unchanged


def central_difference(f, x, h):
    return (f(x + h) - f(x)) / h


def numerical_gradient(f, x, h=1e-5):
    g = torch.zeros_like(x)
    for i in range(x.numel()):
        step = torch.zeros_like(x)
        step.view(-1)[i] = h
        g.view(-1)[i] = (f(x + step) - f(x)) / h
    return g
