"""The healthy counted like the ill, and the four values as if they were equally likely."""
# fails: bayes_rule, mean_and_variance

odds = {**odds, "disease": 0.0095 / (0.0095 + 0.05), "mean": 2.5, "variance": 1.25}
