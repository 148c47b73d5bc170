"""A divergence of 0 from the prior is taken for perfection."""
# fails: prior_and_posterior

statements = {**statements, "prior": "a", "gap": "b"}
