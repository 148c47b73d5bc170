"""Only the labelled examples count for the distances."""
# fails: farthest_points_first, uncertain_and_diverse


def k_center(X, labelled, k):
    near = (X[:, None] - X).norm(dim=2)[labelled].amin(dim=0)
    return torch.where(labelled, -1, near).sort(descending=True, stable=True).indices[:k].tolist()
