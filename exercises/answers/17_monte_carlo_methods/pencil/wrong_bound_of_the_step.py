"""The step must not turn the sign of x."""
# fails: langevin_without_a_test

pencil = {**pencil, "langevin": [1.11111, 2]}
