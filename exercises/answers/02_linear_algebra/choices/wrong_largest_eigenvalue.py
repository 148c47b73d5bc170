"""The spectral norm is a singular value."""
# fails: spectral_normalisation

choices = {**choices, "spectral": "a"}
