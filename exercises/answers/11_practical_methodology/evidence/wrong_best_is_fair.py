"""The expected accuracy of one coin."""
# fails: best_of_two, luckiest_of_scipy


def expected_best(n, m):
    return 0.5
