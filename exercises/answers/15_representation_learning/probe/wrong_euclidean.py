"""Distances instead of angles."""
# fails: votes_of_sklearn


def knn_predict(H, y, H_new, k):
    nearest = torch.cdist(H_new, H).topk(k, dim=1, largest=False).indices
    return nn.functional.one_hot(y)[nearest].sum(dim=1).argmax(dim=1)
