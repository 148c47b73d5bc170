"""Guidance moves the mean only."""
# fails: tilted_density

pencil = {**pencil, "guidance": [6, 1]}
