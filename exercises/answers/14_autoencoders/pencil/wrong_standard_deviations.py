"""Noise is set against standard deviations."""
# fails: gains_of_a_denoiser

pencil = {**pencil, "gains": [2 / 3, 1 / 2, 1 / 3]}
