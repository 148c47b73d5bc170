"""The probabilities on both scores."""
# fails: fisher_by_hand, fisher_of_a_softmax


def fisher_matrix(scores, probabilities):
    weighted = probabilities[:, None] * scores
    return weighted.T @ weighted
