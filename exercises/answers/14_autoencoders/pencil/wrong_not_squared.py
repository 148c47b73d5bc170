"""The norm of the Jacobian instead of its square."""
# fails: penalty_of_a_slope

pencil = {**pencil, "contractive": 1.25}
