"""Slopes one by one."""


def relu_interpolant(knots, values):
    weights, slope = [], 0.0
    for i in range(len(knots) - 1):
        new = ((values[i + 1] - values[i]) / (knots[i + 1] - knots[i])).item()
        weights.append(new - slope)
        slope = new
    return values[0], knots[: len(knots) - 1], like(values, weights)


def count_pieces(x, y, tol=1e-6):
    pieces, slopes = 1, [float((y[i + 1] - y[i]) / (x[i + 1] - x[i])) for i in range(len(x) - 1)]
    for a, b in zip(slopes[:-1], slopes[1:]):
        pieces += not abs(a - b) <= tol
    return pieces
