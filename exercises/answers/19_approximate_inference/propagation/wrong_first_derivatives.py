"""The variance from squares of first derivatives."""
# fails: laplace_by_autograd

given_laplace = laplace


def laplace(a, m0, v0):
    w, variance, evidence = given_laplace(a, m0, v0)
    r = torch.exp(-((a * w) ** 2) / 2 - torch.special.log_ndtr(a * w)) / math.sqrt(2 * math.pi)
    other = 1 / (((a * r) ** 2).sum() + 1 / v0)
    return w, other, evidence + torch.log(other / variance) / 2
