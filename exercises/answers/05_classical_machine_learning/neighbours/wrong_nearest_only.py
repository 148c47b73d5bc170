"""The class of the nearest, whatever k."""
# fails: classes_of_many_queries, tied_classes


def knn_classify(D, y, k):
    return y[D.argmin(dim=1)]
