"""The intercept first, and lists that are too short."""
# fails: every_answer_has_its_shape, least_squares_line, next_centre

pencil = {**pencil, "line": [0.0, 2.0], "seeding": [0.0099, 0.9901]}
