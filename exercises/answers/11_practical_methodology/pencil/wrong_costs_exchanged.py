"""The costs in the wrong places."""
# fails: threshold_by_costs

pencil = {**pencil, "threshold": 0.9}
