"""Weights enter the error to the first power."""
# fails: two_weights_by_hand, weights_known_but_for_a_constant


def self_normalized(f, log_w):
    w = torch.softmax(log_w, dim=0)
    mean = w @ f
    return mean, (w @ (f - mean) ** 2 / len(f)).sqrt()
