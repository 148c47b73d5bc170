"""The logarithm of the slope added."""
# fails: densities_of_maps

pencil = {**pencil, "flow": [-0.320326, -0.466018]}
