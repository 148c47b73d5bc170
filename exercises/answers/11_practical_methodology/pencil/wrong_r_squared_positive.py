"""The determination clipped at 0, the Huber loss without its constant."""
# fails: residuals_by_hand

pencil = {**pencil, "residuals": [2.4, 0.0]}
