"""Least squares in place of the posterior."""
# fails: posterior_of_the_model

pencil = {**pencil, "posterior": [0.6, 0.4]}
