"""The mean of the squares for the variance."""
# fails: two_arms_and_a_baseline

pencil = {**pencil, "bandit": [0.5, 2.5, 0.5]}
