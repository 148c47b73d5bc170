"""The same letters in another order."""

statements = {
    **{"store": "b", "edge": "a", "decay": "c", "far": "a", "cloud": "c", "price": "c"},
    **{"newton": "a", "saddle": "b", "epsilon": "c", "rotated": "a", "beta": "b"},
}
