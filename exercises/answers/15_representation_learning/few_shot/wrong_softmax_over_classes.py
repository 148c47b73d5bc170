"""The mean cosine of each class, then a softmax over the classes."""
# fails: attention_of_three_examples, attention_of_torch


def matching_predict(support, support_labels, query, temperature):
    cosines = nn.functional.normalize(query) @ nn.functional.normalize(support).T
    members = nn.functional.one_hot(support_labels).to(cosines.dtype)
    return (cosines @ (members / members.sum(dim=0)) / temperature).softmax(dim=1)
