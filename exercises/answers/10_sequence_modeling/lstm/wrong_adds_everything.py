"""The marker is ignored: all values are added."""
# fails: adding_problem, arguments_of_the_gates

whole = adder


def adder():
    W, b = whole()
    W[1, 2], b[1] = 0, 20
    return W, b
