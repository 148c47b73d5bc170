"""The mean of the squares under the root, and the average without the zeros."""
# fails: window_of_four

pencil = {**pencil, "pooled": [3.0, -0.5, 2.5]}
