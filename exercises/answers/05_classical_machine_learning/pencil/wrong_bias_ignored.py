"""The boundary through the origin."""
# fails: boundary

pencil = {**pencil, "crossing": 4.0}
