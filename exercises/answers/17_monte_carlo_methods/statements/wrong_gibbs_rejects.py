"""Gibbs steps would be rejected."""
# fails: one_coordinate_after_the_other

statements = {**statements, "gibbs": "c"}
