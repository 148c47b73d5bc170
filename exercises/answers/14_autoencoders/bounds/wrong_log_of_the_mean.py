"""The logarithm of the mean of p(x, z) under q."""
# fails: bound_of_two_values, evidence_less_the_divergence


def discrete_elbo(Q, P):
    return (Q * P).sum(dim=1).log()
