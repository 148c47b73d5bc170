"""The sizes of the two identities exchanged."""
# fails: two_identities

choices = {**choices, "identity": "b"}
