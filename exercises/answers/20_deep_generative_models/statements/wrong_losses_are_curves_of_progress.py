"""A rising loss is bad."""
# fails: what_losses_tell

statements = {**statements, "curve": "a"}
