"""The batch stands for itself only."""
# fails: batch_for_all

pencil = {**pencil, "svi": [10.5, 38.5]}
