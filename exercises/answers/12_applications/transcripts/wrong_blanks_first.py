"""Blanks taken out first, equal neighbours merged then."""
# fails: path_by_hand, all_paths_of_five_frames, most_probable_path

import itertools


def collapse(path, blank=0):
    return [symbol for symbol, _ in itertools.groupby(symbol for symbol in path if symbol != blank)]
