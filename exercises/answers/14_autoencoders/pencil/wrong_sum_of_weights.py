"""The sum of the weights for their mean."""
# fails: bounds_of_two_weights

pencil = {**pencil, "weights": [math.log(4), 0.549306]}
