"""Variances divided by n."""
# fails: two_short_chains

pencil = {**pencil, "chains": [5.66667, 3, 0.948683]}
