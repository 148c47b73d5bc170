"""The mean of the squares for the variance."""
# fails: mean_and_variance

odds = {**odds, "variance": 9.3}
