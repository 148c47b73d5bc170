"""Halves of a step rounded up."""
# fails: sides_of_three_maps

pencil = {**pencil, "sides": [113.0, 56.0, 56.0]}
