"""0 times the logarithm of 0."""
# fails: rank_of_a_line


def effective_rank(Z):
    p = torch.linalg.svdvals(Z - Z.mean(dim=0))
    p = p / p.sum()
    return torch.exp(-(p * p.log()).sum())
