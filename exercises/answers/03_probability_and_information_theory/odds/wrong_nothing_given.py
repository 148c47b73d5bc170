"""The conditions ignored: a quarter of all cards are hearts, the test finds 95 %."""
# fails: bayes_rule, conditional_probability

odds = {**odds, "disease": 0.95, "heart": 0.25}
