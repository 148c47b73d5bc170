"""The same letters in another order."""

statements = {
    **{"sorted": "a", "selection": "c", "pruning": "b", "ensembles": "b"},
    **{"separable": "a", "brier": "c", "constant": "b", "scaling": "b"},
}
