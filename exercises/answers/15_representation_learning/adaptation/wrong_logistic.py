"""The logistic function, from a half to 1."""
# fails: strengths_of_a_schedule


def dann_strength(progress):
    return 1 / (1 + math.exp(-10 * progress))
