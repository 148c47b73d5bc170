"""The standard deviation of the cloud."""
# fails: noise_floor_by_hand

pencil = {**pencil, "floor": 0.11547}
