"""Small numbers added so that no logarithm is infinite."""
# fails: impossible_guess


def elbo(log_joint, q):
    return (q * (log_joint.clamp(min=-1e4) - (q + 1e-12).log())).sum(dim=1)
