"""The two variances of a batch exchanged."""
# fails: batch_of_four

pencil = {**pencil, "batch": [-1.1619, 1.4]}
