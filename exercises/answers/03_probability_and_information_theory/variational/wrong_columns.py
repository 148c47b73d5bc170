"""Sums over the observations."""
# fails: two_hidden_states, evidence_of_observations, posterior_of_observations, dtype_and_inputs_kept


def evidence(log_joint):
    return torch.logsumexp(log_joint, dim=0).double()


def latent_posterior(log_joint):
    return torch.softmax(log_joint, dim=0)
