"""By ln σ as by σ."""
# fails: three_derivatives

pencil = {**pencil, "gradient": [3.75, 3, 3]}
