"""One over the channels in."""
# fails: share_of_the_separable_weights

pencil = {**pencil, "separable": 1 / 32 + 1 / 9}
