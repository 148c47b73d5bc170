"""The distance of the nearest point, not the full width."""
# fails: width_of_the_margin

pencil = {**pencil, "width": 1.41421}
