"""Inverse shares, without the number of classes."""
# fails: weights_of_two_classes

pencil = {**pencil, "weights": [1000 / 950, 20.0]}
