"""The layers multiplied in the wrong order."""
# fails: rollout_of_several_layers

whole = rollout


def rollout(maps):
    return whole(maps.flip(0))
