"""The entropy of q is subtracted."""
# fails: bound_of_two_values, evidence_less_the_divergence


def discrete_elbo(Q, P):
    return (Q * P.log() + torch.xlogy(Q, Q)).sum(dim=1)
