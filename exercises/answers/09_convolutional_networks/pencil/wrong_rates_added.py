"""The rates added instead of twice the rates."""
# fails: field_of_rates

pencil = {**pencil, "dilated": [16.0, 3.75, 26.6944]}
