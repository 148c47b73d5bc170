"""Steps are added, on the scale of the whole range."""
# fails: steps_of_the_exploitation


def two_stage_search(f, space, generator, explore=20, exploit=10, reach=0.5):
    best, lowest, history = None, math.inf, []
    for trial in range(explore + exploit):
        if trial < explore or best is None:
            setting = {name: log_uniform(*ends, generator) for name, ends in space.items()}
        else:
            setting = {}
            for name, (low, high) in space.items():
                u = 2 * torch.rand((), generator=generator, dtype=torch.float64).item() - 1
                setting[name] = min(max(best[name] + u * reach * (high - low), low), high)
        value = f(setting)
        if value < lowest:
            best, lowest = setting, value
        history.append(lowest)
    return best, history
