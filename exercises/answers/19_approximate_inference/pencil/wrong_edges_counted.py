"""The edges of the grid for the states, and the width for the table."""
# fails: sums_on_a_grid

pencil = {**pencil, "grid": [2**112, 2**8]}
