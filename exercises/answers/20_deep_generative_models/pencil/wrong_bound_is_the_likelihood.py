"""The bound taken for the likelihood."""
# fails: bounds_and_distances

pencil = {**pencil, "bound": [-0.693147, -0.693147]}
