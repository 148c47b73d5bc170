"""Evidence is multiplied in as if it were independent: it cancels."""
# fails: sprinkler_explained_away, questions_of_a_clinic, evidence_that_cannot_be

answer_with_evidence = query


def query(network, name, evidence):
    answer_with_evidence(network, name, evidence)
    return answer_with_evidence(network, name, {})
