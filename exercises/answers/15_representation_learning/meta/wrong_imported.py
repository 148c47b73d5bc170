"""The answer imported from the library."""
# fails: all

from dlcore.representation import adapt_parameters, maml_meta_gradient, reptile_gradient as back


def adapt(loss, theta, X, y, rate, steps):
    return adapt_parameters(lambda p: loss(p["t"], X, y), {"t": theta}, rate, steps=steps, differentiable=True)["t"]


def maml_gradient(loss, theta, tasks, rate, steps, first_order=False):
    pairs = [(lambda p, t=t: loss(p["t"], *t[:2]), lambda p, t=t: loss(p["t"], *t[2:])) for t in tasks]
    return maml_meta_gradient({"t": theta}, pairs, rate, steps=steps, first_order=first_order)["t"]


def reptile_gradient(loss, theta, tasks, rate, steps):
    return back({"t": theta}, [lambda p, t=t: loss(p["t"], *t) for t in tasks], rate, steps=steps)["t"]
