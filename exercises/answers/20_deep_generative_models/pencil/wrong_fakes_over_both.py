"""The discriminator of the fakes."""
# fails: best_discriminator_of_three_states

pencil = {**pencil, "value": [0.285714, -1.253467]}
