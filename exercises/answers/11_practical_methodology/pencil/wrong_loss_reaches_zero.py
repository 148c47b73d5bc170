"""The loss of probabilities that are used as scores goes to zero."""
# fails: loss_at_the_start

pencil = {**pencil, "start": [2.302585, 0.0]}
