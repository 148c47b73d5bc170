"""The slope of the exact posterior mean, with no gap."""
# fails: encoder_without_a_constant

pencil = {**pencil, "amortized": [0.5, 0]}
