"""The share of the ill that are called ill."""
# fails: precision_of_a_rare_disease

pencil = {**pencil, "disease": 0.9}
