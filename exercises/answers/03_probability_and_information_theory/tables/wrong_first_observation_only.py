"""All observations but the first one forgotten."""
# fails: several_observations, two_thousand_observations, excluded_hypotheses, contradiction_is_refused


def update(prior, likelihoods):
    p = prior * likelihoods[0]
    return p / p.sum()
