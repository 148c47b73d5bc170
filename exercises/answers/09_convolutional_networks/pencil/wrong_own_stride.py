"""A layer's own stride multiplied in before its kernel is counted."""
# fails: field_of_three_layers

pencil = {**pencil, "seen": 29.0}
