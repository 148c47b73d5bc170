"""The baseline is taken off the gradient as well."""
# fails: two_arms_and_a_baseline

pencil = {**pencil, "bandit": [0.0, 2, 0]}
