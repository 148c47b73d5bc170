"""A range until the first low loss; the fault by comparing each step with what it should have been."""


def overfit_check(step, X, y, n, steps, limit):
    made, done = 0, False
    while made < steps and not done:
        done = step(X[0:n], y[0:n]) <= limit
        made += 1
    return done, made


def rate_probe(loss, slope, w0, rates, steps):
    def after(rate):
        w = w0.clone()
        for _ in range(steps):
            w -= rate * slope(w)
        value = loss(w).item()
        return value if abs(value) < math.inf else math.inf

    losses = list(map(after, rates))
    return losses, min(zip(losses, rates))[1]


def at_chance(hits, n, K, z=1.96):
    return (hits - n / K) ** 2 <= z**2 * n * (1 / K) * (1 - 1 / K)


def shuffle_pixels(images, generator):
    n, h, w = images.shape
    return torch.stack([x.flatten()[torch.randperm(h * w, generator=generator)].reshape(h, w) for x in images])


def find_bug(start, X, y):
    def moved(before, labels, twice=False):
        p = before.softmax(1)
        error = (p.softmax(1) if twice else p) - torch.nn.functional.one_hot(labels, p.shape[1])
        if twice:
            error = p * (error - (p * error).sum(1, keepdim=True))
        return -(X @ X.T @ error)

    def along(change, guess):
        return (torch.sum(change * guess) / change.norm() / guess.norm()).item()

    scores, step = start()
    a = scores(X)
    step(X, y)
    b = scores(X)
    step(X, y)
    change, later = b - a, scores(X) - b
    if not change.any():
        return "frozen"
    fits = {
        "none": along(change, moved(a, y)),
        "uphill": -along(change, moved(a, y)),
        "labels": along(change, moved(a, y.roll(1))),
        "softmax twice": along(change, moved(a, y, True)),
    }
    name = max(fits, key=fits.get)
    size = (change * moved(a, y)).sum() / moved(a, y).square().sum()
    if name == "none" and (later - size * moved(b, y)).norm() > 0.1 * later.norm():
        return "accumulates"
    return name
