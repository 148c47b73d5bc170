"""The sum over the visible states for h = 1 only."""
# fails: sum_over_the_small_layer

pencil = {**pencil, "layer": [math.log((1 + math.e) ** 2 / math.e), math.e / (1 + math.e) ** 2]}
