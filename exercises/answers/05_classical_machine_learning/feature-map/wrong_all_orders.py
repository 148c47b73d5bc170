"""Every order of the factors is a feature of its own."""
# fails: one_input_by_hand, number_of_features


def polynomial_feature_map(X, c, degree):
    if c < 0:
        raise ValueError("negative c")
    inputs = torch.cat([X, torch.full_like(X[:, :1], math.sqrt(c))], dim=1)
    lists = itertools.product(range(inputs.shape[1]), repeat=degree)
    return torch.stack([inputs[:, list(f)].prod(dim=1) for f in lists], dim=1)
