"""Distances that are not squared; shares in place of a softmax."""
# fails: nearest_of_two_means, attention_by_hand

pencil = {**pencil, "prototype": 1 / (1 + math.exp(math.sqrt(5) - math.sqrt(8))), "matching": [0.8, 0.2]}
