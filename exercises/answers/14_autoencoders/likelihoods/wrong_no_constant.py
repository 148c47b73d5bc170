"""Without the constant, in the flow too."""
# fails: flow_of_one_number, densities_of_torch, flows_are_gaussians


def gaussian_nll(mean, X, sigma):
    return (((X - mean) / sigma) ** 2 / 2 + math.log(sigma)).sum(dim=1)
