"""The variance of the unweighted values, and an error of 0.05 itself."""
# fails: weights_of_three_states

pencil = {**pencil, "importance": [3, 14 / 3, 16800]}
