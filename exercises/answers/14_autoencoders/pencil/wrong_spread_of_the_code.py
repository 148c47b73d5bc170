"""The variance of q is left out of the reconstruction term."""
# fails: bound_and_gap

pencil = {**pencil, "elbo": [-2.270225, -2.152012, 0.118213]}
