"""Words as numbers against scikit-learn."""

import pytest
import torch
from sklearn.feature_extraction import text as reference

from dlcore import classical
from tests.parity import assert_close

TEXTS = [
    "The cat sat on the mat, the CAT!",
    "a dog and a cat: 2 dogs, 10 cats",
    "Ärger im Café, don't panic",
    "cat",
    "",
]


@pytest.mark.reference("sklearn.feature_extraction.text", of="dlcore.classical.CountVectorizer")
@pytest.mark.parametrize("kwargs", [{}, {"min_df": 2}, {"lowercase": False}])
def test_counts(kwargs):
    ours, theirs = classical.CountVectorizer(**kwargs), reference.CountVectorizer(**kwargs)
    assert_close(ours.fit_transform(TEXTS), theirs.fit_transform(TEXTS).toarray().astype(float))
    assert ours.get_feature_names_out() == list(theirs.get_feature_names_out())
    new = ["a new cat", "mat mat"]
    assert_close(ours.transform(new), theirs.transform(new).toarray().astype(float))


@pytest.mark.reference("sklearn.feature_extraction.text", of="dlcore.classical.TfidfVectorizer")
@pytest.mark.parametrize("kwargs", [{}, {"min_df": 2}, {"sublinear_tf": True}])
def test_weights(kwargs):
    ours, theirs = classical.TfidfVectorizer(**kwargs), reference.TfidfVectorizer(**kwargs)
    assert_close(ours.fit_transform(TEXTS), theirs.fit_transform(TEXTS).toarray())
    assert_close(ours.idf_, theirs.idf_)
    new = ["a new cat", "mat mat", "unknown"]
    assert_close(ours.transform(new), theirs.transform(new).toarray())
    assert not ours.transform(new)[2].any()


def test_with_naive_bayes():
    counts = classical.CountVectorizer().fit(TEXTS)
    X = counts.transform(["cat cat", "dog", "cat dog dogs"]).numpy()
    model = classical.MultinomialNB().fit(X, torch.tensor([0, 1, 1]).numpy())
    assert model.predict(counts.transform(["dogs and dogs"]).numpy()).tolist() == [1]


@pytest.mark.bad_input
def test_bad_input():
    for kind in (classical.CountVectorizer, classical.TfidfVectorizer):
        with pytest.raises(TypeError, match="one string"):
            kind().fit("text")
        with pytest.raises(ValueError, match="call fit before"):
            kind().transform(TEXTS)
        with pytest.raises(ValueError, match="no word occurs in 9 of 5 texts"):
            kind(min_df=9).fit(TEXTS)
        with pytest.raises(ValueError, match="got 0"):
            kind(min_df=0).fit(TEXTS)
