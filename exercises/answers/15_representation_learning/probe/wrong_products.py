"""Products that grow with the length."""
# fails: votes_of_sklearn


def knn_predict(H, y, H_new, k):
    nearest = (H_new @ H.T).topk(k, dim=1).indices
    return nn.functional.one_hot(y)[nearest].sum(dim=1).argmax(dim=1)
