"""The columns are not centred before the singular values."""
# fails: measures_of_four_points, ranks_of_scipy


def effective_rank(Z):
    sizes = torch.linalg.svdvals(Z)
    return torch.special.entr(sizes / sizes.sum()).sum().exp()
