"""The probability that all three err."""
# fails: majority_of_three

pencil = {**pencil, "vote": 0.064}
