"""0 / 0 for the zero matrix."""
# fails: singular


def condition_number(A):
    sigma = torch.linalg.svdvals(A)
    return (sigma[0] / sigma[-1]).item()
