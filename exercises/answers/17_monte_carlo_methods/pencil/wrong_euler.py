"""One step of Euler's method."""
# fails: one_leapfrog_step

pencil = {**pencil, "oscillator": [2, -1, 0.5]}
