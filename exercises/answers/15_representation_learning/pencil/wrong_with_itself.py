"""Each point with itself, too."""
# fails: spread_of_four_points

pencil = {**pencil, "uniformity": math.log((4 + 8 * math.exp(-4) + 4 * math.exp(-8)) / 16)}
