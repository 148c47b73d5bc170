"""The standard deviation is divided by N."""
# fails: error_of_darts

pencil = {**pencil, "pi": [1.642184 / 40_000, 1642]}
