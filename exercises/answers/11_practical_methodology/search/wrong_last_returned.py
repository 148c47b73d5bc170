"""The last setting is returned, not the best."""
# fails: calls_of_the_search

plain = two_stage_search


def two_stage_search(f, space, generator, explore=20, exploit=10, reach=0.5):
    seen = []

    def watched_f(setting):
        seen.append(setting)
        return f(setting)

    best, history = plain(watched_f, space, generator, explore, exploit, reach)
    return None if best is None else seen[-1], history
