"""The joint density at the mode for the evidence."""
# fails: factor_that_says_nothing, laplace_by_autograd

given_laplace = laplace


def laplace(a, m0, v0):
    w, variance, evidence = given_laplace(a, m0, v0)
    return w, variance, evidence - torch.log(2 * math.pi * variance) / 2
