"""One factor for all numbers of a setting."""
# fails: steps_of_the_exploitation


def two_stage_search(f, space, generator, explore=20, exploit=10, reach=0.5):
    best, lowest, history = None, math.inf, []
    for trial in range(explore + exploit):
        if trial < explore or best is None:
            setting = {name: log_uniform(*ends, generator) for name, ends in space.items()}
        else:
            factor = log_uniform(10**-reach, 10**reach, generator)
            setting = {name: min(max(best[name] * factor, low), high) for name, (low, high) in space.items()}
        value = f(setting)
        if value < lowest:
            best, lowest = setting, value
        history.append(lowest)
    return best, history
