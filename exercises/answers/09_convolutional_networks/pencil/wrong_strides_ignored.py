"""The field of three layers without strides."""
# fails: field_of_three_layers

pencil = {**pencil, "seen": 11.0}
