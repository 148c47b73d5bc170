"""Grows evenly."""
# fails: strengths_of_a_schedule


def dann_strength(progress):
    return float(progress)
