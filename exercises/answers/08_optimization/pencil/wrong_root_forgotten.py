"""The quotient of the two factors without the root."""
# fails: first_step_without_correction

pencil = {**pencil, "first": 100.0}
