"""Both ways keep the direction."""
# fails: two_ways_to_clip

pencil = {**pencil, "clipped": [0.6, 0.8, 0.75, 1.0]}
