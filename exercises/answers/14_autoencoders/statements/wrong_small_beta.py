"""The divergence is thought to shrink with the error; samples to be what the decoder shows."""
# fails: mean_over_pixels, roles_of_the_decoder

statements = {**statements, "pixels": "b", "samples": "a"}
