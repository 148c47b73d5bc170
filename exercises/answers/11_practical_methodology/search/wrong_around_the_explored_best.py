"""All exploiting goes on around the best of the exploring."""
# fails: steps_of_the_exploitation

plain = two_stage_search


def two_stage_search(f, space, generator, explore=20, exploit=10, reach=0.5):
    center, history = plain(f, space, generator, explore, 0, reach)
    best = center
    for _ in range(exploit):
        setting = {}
        for name, (low, high) in space.items():
            start = log_uniform(low, high, generator) if center is None else center[name] * log_uniform(10**-reach, 10**reach, generator)
            setting[name] = min(max(start, low), high)
        value = f(setting)
        if value < history[-1]:
            best = setting
        history.append(value if value < history[-1] else history[-1])
    return best, history
