"""The score is always the sum."""
# fails: length_in_the_final_choice

whole = beam_search


def beam_search(step, width, end, most, alpha=0.0):
    return whole(step, width, end, most)
