"""Precision from the two rates alone."""
# fails: precision_of_a_rare_disease

pencil = {**pencil, "disease": 0.9 / 0.95}
