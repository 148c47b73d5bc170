"""The bound of a tanh network, with the slope 1."""
# fails: bound_of_ten_steps

pencil = {**pencil, "bound": 0.8**10}
