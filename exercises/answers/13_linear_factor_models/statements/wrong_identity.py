"""The first component is thought to be who it is, and codes to be safe."""
# fails: faces_and_their_codes

statements = {**statements, "faces": "b", "codes": "c"}
