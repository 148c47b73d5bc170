"""The second cause changes nothing, as the causes are independent."""
# fails: alarm_explained_away

pencil = {**pencil, "explaining": [5 / 14, 5 / 14]}
