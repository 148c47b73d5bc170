"""One over the largest normalised weight."""
# fails: four_weights

pencil = {**pencil, "weights": [2.5, 4.5]}
