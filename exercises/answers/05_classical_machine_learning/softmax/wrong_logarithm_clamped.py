"""A small number in the logarithm."""
# fails: scores_of_a_thousand, loss_matches_torch


def softmax_loss(X, y, W, b):
    return -(class_probabilities(X, W, b)[torch.arange(len(y)), y] + 1e-6).log().mean()
