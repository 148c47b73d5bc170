"""The third for the second neighbour."""
# fails: dimension_by_neighbours


def intrinsic_dimension(X):
    near = torch.cdist(X, X).sort(dim=1).values
    return len(X) / torch.log(near[:, 3] / near[:, 1]).sum().item()
