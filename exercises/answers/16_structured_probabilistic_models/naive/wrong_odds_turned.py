"""The odds of class 0."""
# fails: weights_of_the_odds

odds_of_class_one = linear_form


def linear_form(prior, on):
    w, b = odds_of_class_one(prior, on)
    return -w, -b
