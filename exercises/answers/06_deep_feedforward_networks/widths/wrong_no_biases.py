"""Biases are not paid for."""
# fails: ten_thousand_parameters, fits_but_no_wider


def widest(budget, d_in, d_out, depth):
    w = 0
    while d_in * (w + 1) + (depth - 1) * (w + 1) ** 2 + (w + 1) * d_out <= budget:
        w += 1
    return w
