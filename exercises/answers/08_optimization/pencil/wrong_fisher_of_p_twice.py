"""The same information for both parameters, not in a list of the right length for the limits."""
# fails: every_answer_has_its_shape, limits_of_stability, information_of_a_coin

pencil = {**pencil, "fisher": [6.25, 6.25], "limits": [0.01, 0.019]}
