"""The prior probability of the disease is forgotten."""
# fails: two_positive_results

pencil = {**pencil, "tests": [18 / 19, 324 / 325]}
