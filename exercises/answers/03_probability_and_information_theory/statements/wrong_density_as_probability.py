"""A density taken for a probability."""
# fails: density_above_one

statements = {**statements, "density": "a"}
