"""The length of the interval without the density of one half."""
# fails: uniform_density

odds = {**odds, "above": 0.5}
