"""The distance itself, not its square."""
# fails: two_ways_around_an_equilibrium

pencil = {**pencil, "game": [2.720519, 2.192715]}
