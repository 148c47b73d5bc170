"""The score of the noise alone."""
# fails: slope_of_noisy_data

pencil = {**pencil, "denoising": -4.0}
