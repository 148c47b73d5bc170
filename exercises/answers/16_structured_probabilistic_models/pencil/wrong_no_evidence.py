"""The prior of the cause, whatever is heard."""
# fails: alarm_explained_away

pencil = {**pencil, "explaining": [0.1, 0.1]}
