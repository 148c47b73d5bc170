"""Viterbi taken for the best tag at each place."""
# fails: best_place_by_place

statements = {**statements, "places": "a"}
