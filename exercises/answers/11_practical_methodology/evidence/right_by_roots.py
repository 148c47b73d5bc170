"""The roots of the quadratic; signs and draws in loops; the expectation by outcomes."""


def wilson(hits, n, confidence=0.95):
    from statistics import NormalDist

    z2 = NormalDist().inv_cdf(1 - (1 - confidence) / 2) ** 2
    a, b, c = n + z2, -(2 * hits + z2), hits * hits / n
    root = math.sqrt(max(b * b - 4 * a * c, 0.0))
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


def sign_flip_test(a, b, repeats, generator):
    d = (a - b).double()
    count = 1
    for signs in torch.rand(repeats, len(d), generator=generator) < 0.5:
        flipped = torch.where(signs, d, -d)
        count += int(abs(flipped.sum()) > abs(d.sum()) - 1e-6)
    return count / (repeats + 1)


def paired_bootstrap(a, b, repeats, generator, confidence=0.95):
    means = []
    for _ in range(repeats):
        rows = torch.randint(len(a), (len(a),), generator=generator)
        means.append((a[rows].mean() - b[rows].mean()).item())
    means.sort()
    tail = (1 - confidence) / 2 * (repeats - 1)
    return means[round(tail)], means[repeats - 1 - round(tail)]


def expected_best(n, m):
    def at_most(k):
        return sum(math.comb(n, i) for i in range(k + 1)) / 2**n

    return sum(k / n * (at_most(k) ** m - at_most(k - 1) ** m) for k in range(1, n + 1))
