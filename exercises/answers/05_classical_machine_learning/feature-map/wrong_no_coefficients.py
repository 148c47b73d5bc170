"""The monomials alone."""
# fails: one_input_by_hand, inner_products, constants


def polynomial_feature_map(X, c, degree):
    if c < 0:
        raise ValueError("negative c")
    inputs = torch.cat([X, torch.full_like(X[:, :1], math.sqrt(c))], dim=1)
    lists = itertools.combinations_with_replacement(range(inputs.shape[1]), degree)
    return torch.stack([inputs[:, list(f)].prod(dim=1) for f in lists], dim=1)
