"""The bound without equality."""
# fails: factors_that_can_be_identified

pencil = {**pencil, "ledermann": [3.0, 5.0]}
