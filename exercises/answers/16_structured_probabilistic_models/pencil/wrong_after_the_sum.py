"""The tables are counted after the sum."""
# fails: order_of_a_star

pencil = {**pencil, "tables": [2, 64]}
