"""Bits for nats."""
# fails: entropy_of_grey

pencil = {**pencil, "floor": [0.811278, 1.0]}
