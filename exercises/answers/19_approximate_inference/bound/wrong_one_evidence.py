"""The evidence of all examples together."""
# fails: bound_and_gap_add_up

def split(prior, likelihood, q):
    joint = prior * likelihood
    evidence = joint.sum()
    return elbo(prior, likelihood, q), kl(q, joint / evidence), evidence.log().expand(len(q))
