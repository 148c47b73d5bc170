"""Negatives at right angles are thought to be as far apart as possible."""
# fails: opposite_pairs

pencil = {**pencil, "smallest": math.log(1 + 2 * math.exp(-2))}
