"""The sum of squares, which is one minus Gini."""
# fails: gini_of_six_and_four

pencil = {**pencil, "gini": 0.52}
