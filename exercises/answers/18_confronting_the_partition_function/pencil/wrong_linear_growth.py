"""Pixels are thought to add states, and the width of the vectors is forgotten."""
# fails: states_of_an_image, cost_of_a_softmax

pencil = {**pencil, "states": [40, 120e-9], "softmax": 32000}
