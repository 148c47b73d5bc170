"""No covariance taken for independence."""
# fails: uncorrelated_is_not_independent

statements = {**statements, "squares": "a"}
