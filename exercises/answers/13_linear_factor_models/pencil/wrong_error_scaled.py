"""The error is thought to grow with the dictionary."""
# fails: scale_of_a_dictionary

pencil = {**pencil, "scaled": 2.15}
