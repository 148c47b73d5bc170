"""Logarithms to base 10: 0.886 instead of 2.040."""
# fails: zero_logits, cat_with_a_high_car_score, softmax_value, softmax_far_out

natural = cross_entropy


def cross_entropy(Z, Y):
    value, gradient = natural(Z, Y)
    return value / math.log(10), gradient
