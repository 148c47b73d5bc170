"""The variance of the step itself."""
# fails: posteriors_and_velocities

pencil = {**pencil, "posterior": [0.1, 0.319438]}
