"""One penalty for all rows."""
# fails: smallest_penalty_of_a_zero_code

plain_penalty = zero_penalty


def zero_penalty(X, D):
    return plain_penalty(X, D).amax().repeat(len(X))
