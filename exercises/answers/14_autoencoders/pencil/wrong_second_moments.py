"""Second moments instead of variances."""
# fails: variances_of_two_estimates

pencil = {**pencil, "variances": [3.56, 14.1977]}
