"""The slope enters once."""
# fails: unit_at_zero, penalty_of_a_batch


def contractive_penalty(X, W, b):
    h = torch.sigmoid(X @ W.T + b)
    return (h * (1 - h) * (W**2).sum(dim=1)).sum(dim=1).mean()
