"""The one place where the kernel starts not counted."""
# fails: sides_of_three_maps

pencil = {**pencil, "sides": [111.0, 54.0, 54.0]}
