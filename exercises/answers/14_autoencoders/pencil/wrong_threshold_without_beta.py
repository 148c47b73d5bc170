"""Whatever beta is, three eigenvalues are above the variance."""
# fails: units_that_live

pencil = {**pencil, "collapse": [3.0, 3.0, 3.0]}
