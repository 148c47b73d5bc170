"""The values themselves in place of the lowest so far."""
# fails: calls_of_the_search

plain = two_stage_search


def two_stage_search(f, space, generator, explore=20, exploit=10, reach=0.5):
    values = []

    def watched_f(setting):
        values.append(f(setting))
        return values[-1]

    best, history = plain(watched_f, space, generator, explore, exploit, reach)
    return best, [math.inf if v != v else v for v in values]
