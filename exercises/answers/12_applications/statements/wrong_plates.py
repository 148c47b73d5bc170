"""Super-resolution is believed, and federated learning."""
# fails: invented_detail, what_gradients_tell

statements = {**statements, "resolution": "b", "federated": "b"}
