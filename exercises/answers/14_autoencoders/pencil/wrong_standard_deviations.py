"""Noise is set against standard deviations."""
# fails: gains_of_a_denoiser

pencil = {**pencil, "gains": [3 / 4, 0.633975, 1 / 3]}
