"""The same letters in another order."""

names = ("onestep", "blend", "shift", "company", "noisy", "hue", "mirror", "higher", "curves", "adam", "zeros")
statements = dict(zip(names, "abcacbcbacb"))
