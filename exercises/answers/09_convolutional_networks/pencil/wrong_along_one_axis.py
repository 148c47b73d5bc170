"""Weights counted along one axis only."""
# fails: field_of_rates

pencil = {**pencil, "dilated": [31.0, 3.75, 31 / 12]}
