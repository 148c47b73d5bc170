"""The log-determinant added."""
# fails: coupling_by_hand

pencil = {**pencil, "coupling": [1.103638, -3.446886]}
