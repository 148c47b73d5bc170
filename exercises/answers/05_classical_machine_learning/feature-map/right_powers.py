"""Exponents listed by brute force, the power of c written out."""


def polynomial_feature_map(X, c, degree):
    if c < 0:
        raise ValueError("negative c")
    columns = []
    for powers in itertools.product(range(degree + 1), repeat=X.shape[1]):
        left = degree - sum(powers)
        if left >= 0:
            times = math.factorial(degree) // math.factorial(left)
            for k in powers:
                times //= math.factorial(k)
            columns.append((times * c**left) ** 0.5 * torch.stack([x**k for x, k in zip(X.T, powers)]).prod(0))
    return torch.stack(columns, 1)


not_a_kernel = [0.5, 1.0, 3.0]
