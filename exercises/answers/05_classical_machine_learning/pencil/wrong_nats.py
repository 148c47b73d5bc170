"""Natural logarithms."""
# fails: entropy_of_six_and_four

pencil = {**pencil, "entropy": 0.673012}
