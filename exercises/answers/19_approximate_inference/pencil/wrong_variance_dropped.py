"""The square of the mean for the mean of the square, and half a unit too few."""
# fails: one_cycle_by_hand

pencil = {**pencil, "cycle": [1.333333, 6, 3, 3.333333]}
