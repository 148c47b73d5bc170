"""The divergence counted once in the value."""
# fails: best_discriminator_of_three_states

pencil = {**pencil, "value": [0.714286, -1.31988]}
