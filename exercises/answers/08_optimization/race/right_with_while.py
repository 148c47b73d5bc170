"""A while loop; the median by counting."""


def race(makers, loss, slope, starts, goal, most):
    result = {}
    for name in makers:
        result[name] = []
        for row in range(starts.shape[0]):
            point, steps, move = torch.tensor(starts[row].tolist(), dtype=starts.dtype), 0, makers[name]()
            while not bool(loss(point) < goal) and steps <= most:
                move(point, slope(point))
                steps += 1
            result[name].append(steps if steps <= most else None)
    return result


def typical(counts):
    values = [float("inf") if c is None else float(c) for c in counts]
    values.sort()
    return values[(len(values) - 1) // 2]
