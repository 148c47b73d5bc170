"""The constant is thought to cancel, as if h were a ratio of normalised densities."""
# fails: data_or_noise

pencil = {**pencil, "posterior": [2 / 3, 2 / 7, 2 / 3]}
