"""The intercept penalised like the slope."""
# fails: ridge_line

pencil = {**pencil, "ridge": [20 / 11, 4 / 11]}
