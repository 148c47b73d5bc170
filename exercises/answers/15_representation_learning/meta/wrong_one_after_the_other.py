"""Each task starts where the last one ended."""
# fails: ways_back


def reptile_gradient(loss, theta, tasks, rate, steps):
    end = theta
    for X, y in tasks:
        end = adapt(loss, end, X, y, rate, steps)
    return (theta - end) / len(tasks)
