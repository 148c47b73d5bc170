"""The acceptance without the probability of the proposal."""
# fails: staying_probabilities

pencil = {**pencil, "states": [0.25, 0.5, 0.0]}
