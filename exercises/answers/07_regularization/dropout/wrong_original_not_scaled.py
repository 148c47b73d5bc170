"""The original form without its correction in evaluation."""
# fails: two_forms, standard_values


def standard_dropout(h, p, training, generator, standard_dropout=standard_dropout):
    return standard_dropout(h, p, True, generator) if training else h
