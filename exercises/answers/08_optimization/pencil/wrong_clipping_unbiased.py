"""The mean of clipped gradients taken for the clipped mean."""
# fails: clipping_and_means

pencil = {**pencil, "clipped": [1.0, 1.0]}
