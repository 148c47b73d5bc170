"""Every input of the field thought to count."""
# fails: grid_of_a_rate

pencil = {**pencil, "gaps": [13.0, 13.0]}
