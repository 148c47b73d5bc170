"""The prior times the likelihood, not divided by anything."""
# fails: bayes_rule

odds = {**odds, "disease": 0.0095}
