"""Every outcome counted alike."""
# fails: fisher_by_hand, fisher_of_a_softmax


def fisher_matrix(scores, probabilities):
    return scores.T @ scores / len(scores)
