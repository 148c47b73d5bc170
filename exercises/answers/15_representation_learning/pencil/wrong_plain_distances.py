"""Distances that are not squared; shares in place of a softmax."""
# fails: nearest_of_two_means, attention_by_hand

pencil = {**pencil, "prototype": 1 / (1 + math.exp(2.5 - math.sqrt(11.25))), "matching": [0.9, 0.1]}
