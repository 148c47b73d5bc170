"""Detectors are thought to have an ROC curve."""
# fails: what_detectors_are_judged_by

statements = {**statements, "detector": "b"}
