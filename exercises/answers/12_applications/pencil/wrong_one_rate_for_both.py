"""Equal precision and recall are thought to give equal false alarms."""
# fails: equal_precision_and_recall

pencil = {**pencil, "groups": pencil["alarms"]}
