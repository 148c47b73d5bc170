"""The same letters in another order."""

names = ("width", "digits", "inactive", "flat", "three", "steps", "tiny", "confident")
diagnoses = dict(zip(names, "cbcdcadb"))
