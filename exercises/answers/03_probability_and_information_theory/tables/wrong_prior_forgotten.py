"""The likelihoods normalised, whatever was thought before."""
# fails: one_symptom, several_observations, two_thousand_observations, excluded_hypotheses, dtype_and_inputs_kept


def update(prior, likelihoods):
    log_p = likelihoods.log().sum(dim=0)
    if (prior.log() + log_p).max() == -math.inf:
        raise ValueError
    return torch.softmax(log_p, dim=0).double()
