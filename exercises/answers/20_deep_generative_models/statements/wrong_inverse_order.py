"""Masked and inverse autoregressive flows confused."""
# fails: densities_in_many_dimensions

statements = {**statements, "order": "a"}
