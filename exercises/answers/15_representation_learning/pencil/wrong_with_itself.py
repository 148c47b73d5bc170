"""Each point with itself, too."""
# fails: spread_of_three_points

pencil = {**pencil, "uniformity": math.log((3 + 2 * (math.exp(-0.8) + math.exp(-1.6) + math.exp(-4))) / 9)}
