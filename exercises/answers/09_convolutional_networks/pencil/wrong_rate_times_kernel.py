"""The rate times the whole kernel: three times the sum of the rates."""
# fails: field_of_rates

pencil = {**pencil, "dilated": [45.0, 3.75, 26.6944]}
