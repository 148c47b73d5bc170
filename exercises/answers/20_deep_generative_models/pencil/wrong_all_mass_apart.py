"""Nothing in common."""
# fails: distances_and_norms

pencil = {**pencil, "apart": [0.693147, 1]}
