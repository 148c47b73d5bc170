"""The likelihood alone."""
# fails: classes_of_the_example, posteriors_of_sklearn, two_thousand_features, entries_not_observed

posterior_with_prior = class_log_probabilities


def class_log_probabilities(X, prior, on):
    return posterior_with_prior(X, torch.ones_like(prior), on)
