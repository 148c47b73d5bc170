"""Both formats taken to have the same range."""
# fails: sixteen_bits

diagnoses = {**diagnoses, "tiny": "b"}
