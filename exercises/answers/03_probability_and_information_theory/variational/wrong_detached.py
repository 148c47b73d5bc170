"""The model's table copied out of the graph."""
# fails: gradient_with_respect_to_the_model


def elbo(log_joint, q):
    return torch.where(q > 0, q * (log_joint.detach() - q.log()), 0.0).sum(dim=1)
