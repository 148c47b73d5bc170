"""The pooling padded as in a ResNet."""
# fails: sides_of_three_maps

pencil = {**pencil, "sides": [112.0, 56.0, 56.0]}
