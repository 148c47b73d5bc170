"""The variance of the share, without the factor 4."""
# fails: error_of_darts

pencil = {**pencil, "pi": [math.sqrt(0.785398 * 0.214602 / 40_000), 168_548]}
