"""A while loop, brackets by sign, sums by weights."""


def newton(f, derivative, x0, tol=1e-12, max_steps=50):
    points, x = [x0], x0
    while len(points) <= max_steps:
        d = derivative(x)
        if not d:
            raise RuntimeError("flat")
        step = f(x) / d
        x = x - step
        points.append(x)
        if abs(points[-1] - points[-2]) <= tol:
            return points
    raise RuntimeError("too many steps")


def bisect(f, a, b, tol=1e-12):
    def sign(y):
        return (y > 0) - (y < 0)

    left, right, found = sign(f(a)), sign(f(b)), []
    if left == right and left != 0:
        raise ValueError("no change of sign")
    while b - a > tol:
        c = a + (b - a) / 2
        found.append(c)
        here = sign(f(c))
        if here == 0:
            return found
        if here == left:
            a = c
        else:
            b = c
    return found


def trapezoid(f, a, b, n):
    if n < 1:
        raise ValueError("no interval")
    h = (b - a) / n
    y = f(a + h * torch.arange(n + 1, dtype=torch.float64))
    return h * (y[1:] + y[:-1]).sum() / 2


def simpson(f, a, b, n):
    if n <= 0 or n % 2 == 1:
        raise ValueError("intervals come in pairs")
    h = (b - a) / n
    y = f(a + h * torch.arange(n + 1, dtype=torch.float64))
    return h / 3 * (y[:-2:2] + 4 * y[1:-1:2] + y[2::2]).sum()
