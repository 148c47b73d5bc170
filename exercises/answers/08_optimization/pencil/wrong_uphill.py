"""The velocity along the gradient."""
# fails: velocity_in_the_end

pencil = {**pencil, "velocity": 2.0}
