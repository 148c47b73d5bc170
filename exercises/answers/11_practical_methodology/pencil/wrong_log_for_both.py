"""Uniform numbers taken for log-uniform ones."""
# fails: shares_of_rates

pencil = {**pencil, "decades": [0.25, 0.25]}
