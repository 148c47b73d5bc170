"""The marginal variance for that of the product, and the other way round."""
# fails: variance_that_is_lost

pencil = {**pencil, "gaussian": [0.5, 0.555556, 0.052680]}
