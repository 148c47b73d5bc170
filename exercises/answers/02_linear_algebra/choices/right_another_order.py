"""The same letters in another order, one of them computed."""

choices = dict(zip(("spectral", "condition", "space", "identity", "transpose", "independent"), "bdcadb"))
