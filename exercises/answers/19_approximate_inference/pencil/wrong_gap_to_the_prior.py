"""The divergence from the prior, and its sum with the bound for the evidence."""
# fails: bound_and_gap

pencil = {**pencil, "elbo": [-1.320401, 0.193735, -1.309333]}
