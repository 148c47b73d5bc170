"""The zeros of a row are left out of the weights."""
# fails: weights_of_the_odds


def linear_form(prior, on):
    return (on[1] / on[0]).log(), (prior[1] / prior[0]).log()
