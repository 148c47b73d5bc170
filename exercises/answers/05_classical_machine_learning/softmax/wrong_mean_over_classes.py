"""The mean over all entries of the one-hot table."""
# fails: loss_by_hand, scores_of_a_thousand, loss_matches_torch


def softmax_loss(X, y, W, b):
    Z = X @ W + b
    Y = torch.eye(len(b), dtype=X.dtype)[y]
    return (Y * (Z.logsumexp(dim=1, keepdim=True) - Z)).mean()
