"""Rows and columns exchanged."""
# fails: averages_of_the_example, counts_of_all_pairs


def confusion(y, guess, K):
    return torch.bincount(K * guess + y, minlength=K * K).reshape(K, K)
