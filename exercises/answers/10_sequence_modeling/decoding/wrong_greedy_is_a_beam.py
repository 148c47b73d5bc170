"""The greedy search is a beam of width 2."""
# fails: beam_beats_greedy, narrow_beams_are_greedy


def greedy(step, end, most):
    return beam_search(step, 2, end, most)
