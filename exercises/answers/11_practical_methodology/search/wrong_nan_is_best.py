"""A first NaN stays the best, as nothing is lower."""
# fails: bounds_and_divergence


def two_stage_search(f, space, generator, explore=20, exploit=10, reach=0.5):
    best, lowest, history = None, math.nan, []
    for trial in range(explore + exploit):
        if trial < explore:
            setting = {name: log_uniform(*ends, generator) for name, ends in space.items()}
        else:
            setting = {name: min(max(best[name] * log_uniform(10**-reach, 10**reach, generator), low), high) for name, (low, high) in space.items()}
        value = f(setting)
        if best is None or value < lowest:
            best, lowest = setting, value
        history.append(lowest)
    return best, history
