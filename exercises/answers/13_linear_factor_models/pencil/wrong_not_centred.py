"""The observed value isn't centred."""
# fails: conditional_of_two

pencil = {**pencil, "conditional": [4.5, 1.75]}
