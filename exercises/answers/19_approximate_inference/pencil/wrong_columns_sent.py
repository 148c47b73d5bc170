"""The node's own potential is forgotten; the site is the tilted distribution."""
# fails: message_to_a_neighbour, tilted_by_one_factor

pencil = {**pencil, "message": [6 / 13, 7 / 13], "site": [0.713650, 0.490704, 2.037886, 1.454338]}
