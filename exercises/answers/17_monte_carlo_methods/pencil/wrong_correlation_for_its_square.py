"""What is left is taken for 1 - rho."""
# fails: control_of_a_square

pencil = {**pencil, "control": [1, 1 - math.sqrt(0.9375)]}
