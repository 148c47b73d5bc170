"""Settings leave their bounds."""
# fails: bounds_and_divergence

plain = two_stage_search


def two_stage_search(f, space, generator, explore=20, exploit=10, reach=0.5):
    best, history = plain(f, space, generator, explore, 0, reach)
    lowest = history[-1] if history else math.inf
    for _ in range(exploit):
        setting = {name: (log_uniform(*ends, generator) if best is None else best[name] * log_uniform(10**-reach, 10**reach, generator)) for name, ends in space.items()}
        value = f(setting)
        if value < lowest:
            best, lowest = setting, value
        history.append(lowest)
    return best, history
