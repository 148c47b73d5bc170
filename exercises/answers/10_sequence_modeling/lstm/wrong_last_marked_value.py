"""The marker closes the forget gate, so that only the last marked value remains."""
# fails: adding_problem, arguments_of_the_gates

whole = adder


def adder():
    W, b = whole()
    W[0, 2] = -40
    return W, b
