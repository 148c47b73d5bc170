"""The divergence feels a distance."""
# fails: what_losses_tell

statements = {**statements, "disjoint": "a"}
