"""A high density means typical."""
# fails: densities_in_many_dimensions

statements = {**statements, "typical": "a"}
