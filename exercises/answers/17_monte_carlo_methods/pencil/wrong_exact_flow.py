"""The stationary variance of the diffusion itself."""
# fails: langevin_without_a_test

pencil = {**pencil, "langevin": [1.0, 4]}
