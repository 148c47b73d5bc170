"""The answer imported from the library."""
# fails: all

from dlcore.applications import pareto_front


def tail(times, q=0.95):
    return pareto_front(times, q)


def cascade(*arguments):
    return pareto_front(*arguments)
