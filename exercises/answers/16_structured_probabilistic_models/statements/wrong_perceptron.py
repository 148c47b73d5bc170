"""Learning stops when all sequences are right, as with a perceptron."""
# fails: where_learning_stops

statements = {**statements, "gradient": "b"}
