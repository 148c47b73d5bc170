"""Negative sampling is taken for noise-contrastive estimation."""
# fails: scores_at_the_optimum

pencil = {**pencil, "optimum": [math.log(0.4), math.log(0.4)]}
