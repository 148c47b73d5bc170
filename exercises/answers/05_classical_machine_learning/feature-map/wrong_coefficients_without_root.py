"""The binomial coefficient instead of its root, and no kernel with two equal points."""
# fails: one_input_by_hand, inner_products, constants, no_kernel


def polynomial_feature_map(X, c, degree):
    if c < 0:
        raise ValueError("negative c")
    inputs = torch.cat([X, torch.full_like(X[:, :1], math.sqrt(c))], dim=1)
    columns = []
    for f in itertools.combinations_with_replacement(range(inputs.shape[1]), degree):
        times = math.factorial(degree) / math.prod(math.factorial(k) for k in Counter(f).values())
        columns.append(times * inputs[:, list(f)].prod(dim=1))
    return torch.stack(columns, dim=1)


not_a_kernel = [0.0, 2.0, 2.0]
