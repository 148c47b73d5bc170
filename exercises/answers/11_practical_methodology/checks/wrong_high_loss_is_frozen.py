"""A loss that stays high means weights that don't change."""
# fails: two_symptoms, probabilities_as_scores, healthy_and_others

plain = find_bug


def find_bug(start, X, y):
    found = plain(start, X, y)
    return "frozen" if found in ("softmax twice", "uphill") else found
