"""Negatives at right angles are thought to be as far apart as possible."""
# fails: pairs_on_a_triangle

pencil = {**pencil, "smallest": math.log(1 + 4 * math.exp(-2))}
