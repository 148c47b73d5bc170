"""The pixel in the middle not counted."""
# fails: field_of_rates

pencil = {**pencil, "dilated": [30.0, 3.75, 26.6944]}
