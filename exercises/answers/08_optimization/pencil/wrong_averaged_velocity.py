"""The velocity as an average of steps, with the factor 1 - beta."""
# fails: velocity_in_the_end

pencil = {**pencil, "velocity": -0.1}
