"""Steps uphill."""
# fails: two_steps_by_hand, gradients_of_the_example, adapted_in_closed_form, gradients_through_the_steps, meta_gradients_in_closed_form, meta_gradients_by_differences, first_order_in_closed_form, ways_back

plain = adapt


def adapt(loss, theta, X, y, rate, steps):
    return plain(loss, theta, X, y, -rate, steps)
