"""Squares of the weights in place of fourth powers."""
# fails: kurtosis_of_mixtures

pencil = {**pencil, "kurtosis": [0.9, 2.16]}
