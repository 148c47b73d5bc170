"""Weights above 1 counted too."""
# fails: coverage_by_hand

pencil = {**pencil, "covered": math.log(1.7 * 0.2 * 0.1)}
