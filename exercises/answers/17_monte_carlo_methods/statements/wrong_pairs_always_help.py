"""Antithetic pairs would always help."""
# fails: pairs_that_agree

statements = {**statements, "even": "c"}
