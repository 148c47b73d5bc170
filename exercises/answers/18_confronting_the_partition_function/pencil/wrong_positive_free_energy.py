"""The free energy with the other sign."""
# fails: energy_of_one_state

pencil = {**pencil, "free": [1.193147, 0.5]}
