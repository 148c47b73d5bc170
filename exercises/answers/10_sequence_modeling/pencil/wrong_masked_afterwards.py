"""The mask after the softmax, so that the weights don't sum to 1."""
# fails: softmax_behind_a_mask

pencil = {**pencil, "softmax": [0.0463, 0.0170, 0.0063, 0.0]}
