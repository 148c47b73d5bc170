"""The beam thought to grow exponentially."""
# fails: candidates_of_a_beam

pencil = {**pencil, "beam": 5.0**20}
