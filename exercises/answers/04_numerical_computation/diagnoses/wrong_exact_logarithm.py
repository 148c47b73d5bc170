"""What a log-softmax would give."""
# fails: logarithm_of_a_softmax

diagnoses = {**diagnoses, "confident": "a"}
