"""The mean of f w over four draws."""
# fails: four_weights

pencil = {**pencil, "weights": [3.33333, 11.25]}
