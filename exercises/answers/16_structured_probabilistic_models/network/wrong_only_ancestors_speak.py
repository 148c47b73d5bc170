"""Evidence counts among the parents only, as in sampling."""
# fails: sprinkler_explained_away, questions_of_a_clinic, evidence_that_cannot_be

answer_of_all_evidence = query


def query(network, name, evidence):
    answer_of_all_evidence(network, name, evidence)
    known, waiting = set(), [name]
    while waiting:
        v = waiting.pop()
        known.add(v)
        waiting += network[v][0]
    return answer_of_all_evidence(network, name, {v: s for v, s in evidence.items() if v in known})
