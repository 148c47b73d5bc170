"""An input c instead of its root."""
# fails: constants, negative_constant


def polynomial_feature_map(X, c, degree):
    inputs = torch.cat([X, torch.full_like(X[:, :1], c)], dim=1)
    columns = []
    for f in itertools.combinations_with_replacement(range(inputs.shape[1]), degree):
        times = math.factorial(degree) / math.prod(math.factorial(k) for k in Counter(f).values())
        columns.append(math.sqrt(times) * inputs[:, list(f)].prod(dim=1))
    return torch.stack(columns, dim=1)
