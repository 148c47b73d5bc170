"""The sum of the weights for their mean."""
# fails: bounds_of_two_weights

pencil = {**pencil, "weights": [math.log(6), 0.804719]}
