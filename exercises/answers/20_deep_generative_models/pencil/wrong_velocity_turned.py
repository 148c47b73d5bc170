"""The velocity with the other sign."""
# fails: posteriors_and_velocities

pencil = {**pencil, "velocity": [0.875, 0.125]}
