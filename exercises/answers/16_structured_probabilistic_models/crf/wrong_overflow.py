"""Exponentials as they come."""
# fails: scores_of_thousands


def log_partition(U, T, lengths):
    alpha = U[:, 0].exp()
    for t in range(1, U.shape[1]):
        longer = (alpha @ T.exp()) * U[:, t].exp()
        alpha = torch.where((t < lengths)[:, None], longer, alpha)
    return alpha.sum(dim=1).log()
