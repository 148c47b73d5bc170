"""Full kicks at both ends."""
# fails: one_leapfrog_step

pencil = {**pencil, "oscillator": [1.5, -1.75, 0.65625]}
