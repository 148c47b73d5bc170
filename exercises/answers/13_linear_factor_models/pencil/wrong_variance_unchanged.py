"""The variance stays as it was."""
# fails: conditional_of_two

pencil = {**pencil, "conditional": [3.0, 4.0]}
