"""A constraint that is not felt given a force."""
# fails: slackness

diagnoses = {**diagnoses, "inactive": "a"}
