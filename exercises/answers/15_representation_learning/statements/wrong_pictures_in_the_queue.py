"""Pictures in the queue, gradients in the keys."""
# fails: what_a_queue_holds, how_key_encoders_learn

statements = {**statements, "queue": "b", "momentum": "a"}
