"""The nearest alone decides."""
# fails: neighbours_by_hand, votes_of_sklearn, equal_votes

plain = knn_predict


def knn_predict(H, y, H_new, k):
    return plain(H, y, H_new, 1)
