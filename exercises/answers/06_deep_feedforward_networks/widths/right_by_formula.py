"""The positive root of the quadratic, corrected for rounding."""


def widest(budget, d_in, d_out, depth):
    a, b, c = depth - 1, d_in + d_out + depth, d_out - budget
    w = -c / b if a == 0 else (-b + math.sqrt(b * b - 4 * a * c)) / (2 * a) if b * b > 4 * a * c else 0
    w = max(0, int(w) - 1)
    while a * (w + 1) ** 2 + b * (w + 1) + c <= 0:
        w += 1
    return w
