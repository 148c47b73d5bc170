"""PCA is thought to tell the dimension; beta to tell the factors."""
# fails: dimension_of_a_roll, factors_without_labels

statements = {**statements, "roll": "b", "factors": "a"}
