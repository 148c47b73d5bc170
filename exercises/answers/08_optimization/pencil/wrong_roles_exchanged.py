"""The decay of the squares taken for the mean's."""
# fails: how_far_averages_reach, bias_after_five_steps

pencil = {**pencil, "reach": [1000.0, 10.0], "bias": [0.00499, 0.40951]}
