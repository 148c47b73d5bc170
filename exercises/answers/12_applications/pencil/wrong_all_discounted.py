"""The first reward is discounted already."""
# fails: five_moves

pencil = {**pencil, "value": 0.9 * pencil["value"]}
