"""A sweep forgets at the rate rho."""
# fails: sweeps_of_two_normals

pencil = {**pencil, "gibbs": [0.8, 0.111111]}
