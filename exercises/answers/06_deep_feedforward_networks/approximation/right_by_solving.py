"""The weights from a triangular linear system, the tent by folding."""


def relu_interpolant(knots, values):
    A = (knots[1:, None] - knots[None, :-1]).clamp(min=0)
    v = torch.linalg.solve_triangular(A, (values[1:] - values[0])[:, None], upper=False)
    return v[:, 0], values[0]


def tent_network(x, depth):
    return x if depth == 0 else tent_network(1 - (2 * x - 1).abs(), depth - 1)


def shallow_units(depth):
    return 1 << depth
