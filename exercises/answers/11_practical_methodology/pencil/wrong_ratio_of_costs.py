"""One cost over the other."""
# fails: threshold_by_costs

pencil = {**pencil, "threshold": 1 / 9}
