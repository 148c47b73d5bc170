"""The same letters in another order."""

names = ("collider", "differential", "modes", "cauchy", "scaling", "squares", "density", "events")
statements = dict(zip(names, "adcbadcb"))
