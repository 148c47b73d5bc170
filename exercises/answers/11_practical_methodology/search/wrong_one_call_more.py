"""The best setting is evaluated once more."""
# fails: calls_of_the_search, steps_of_the_exploitation, bounds_and_divergence

plain = two_stage_search


def two_stage_search(f, space, generator, explore=20, exploit=10, reach=0.5):
    best, history = plain(f, space, generator, explore, exploit, reach)
    if best is not None:
        f(best)
    return best, history
