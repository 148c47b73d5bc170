"""Only the first piece of evidence is used."""
# fails: sprinkler_explained_away, questions_of_a_clinic, evidence_that_cannot_be

answer_to_one = query


def query(network, name, evidence):
    return answer_to_one(network, name, dict(list(evidence.items())[:1]))
