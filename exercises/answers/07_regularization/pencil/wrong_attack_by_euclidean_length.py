"""The score falls by eps times the Euclidean length of the weights."""
# fails: attacked_score

pencil = {**pencil, "attacked": [-0.41, -0.41 - 0.1 * 1.89**0.5]}
