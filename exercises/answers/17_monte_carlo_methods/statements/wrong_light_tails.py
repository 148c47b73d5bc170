"""A proposal with light tails."""
# fails: choice_of_a_proposal

statements = {**statements, "tails": "b"}
