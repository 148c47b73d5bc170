"""The row itself counts as its nearest."""
# fails: dimension_by_neighbours


def intrinsic_dimension(X):
    near = torch.cdist(X, X).sort(dim=1).values
    return len(X) / torch.log(near[:, 1] / near[:, 0].clamp(min=1e-6)).sum().item()
