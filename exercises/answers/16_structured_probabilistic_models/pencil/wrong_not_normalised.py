"""The joint probability of the disease and of the results."""
# fails: two_positive_results

pencil = {**pencil, "tests": [0.02 * 0.9, 0.02 * 0.81]}
