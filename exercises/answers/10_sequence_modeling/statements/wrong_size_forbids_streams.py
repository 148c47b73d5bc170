"""The number of parameters thought to be the obstacle."""
# fails: what_streams_lack

statements = {**statements, "online": "b"}
