"""The freedom of rotations is counted."""
# fails: numbers_of_parameters

pencil = {**pencil, "parameters": [41.0, 50.0]}
