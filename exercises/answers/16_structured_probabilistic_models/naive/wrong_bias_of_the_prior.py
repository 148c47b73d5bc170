"""Only the prior in the bias."""
# fails: weights_of_the_odds

form_with_zeros = linear_form


def linear_form(prior, on):
    return form_with_zeros(prior, on)[0], (prior[1] / prior[0]).log()
