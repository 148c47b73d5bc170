"""The variance of q is left out of the reconstruction term."""
# fails: bound_and_gap

pencil = {**pencil, "elbo": [-1.078012, -1.606557, -0.528545]}
