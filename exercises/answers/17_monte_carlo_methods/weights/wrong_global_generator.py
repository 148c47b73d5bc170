"""The generator is ignored."""
# fails: tails_of_the_normal

of_generator = tail_probability


def tail_probability(a, n, generator):
    return of_generator(a, n, None)
