"""The precision-recall curve is taken for the one that stays; micro for weighted."""
# fails: calibration_is_not_enough, rare_positives

statements = {**statements, "rarer": "b", "micro": "b", "constant": "b"}
