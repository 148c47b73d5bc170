"""The number of noise samples is left out."""
# fails: data_or_noise, scores_at_the_optimum

pencil = {**pencil, "posterior": [2 / 3, 2 / 3, 0.952381], "optimum": [math.log(0.4), math.log(4)]}
