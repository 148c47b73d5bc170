"""Texts that ship with what is installed, and the vocabulary that numbers them."""

import pytest
import torch
from sklearn.datasets import load_iris

from dlcore import data


@pytest.mark.reference("pydoc_data.topics, this, sklearn.datasets", of="dlcore.data.load_text")
@pytest.mark.reference("pydoc_data.topics, this, sklearn.datasets", of="dlcore.data.text_names")
@pytest.mark.reference("pydoc_data.topics, this, sklearn.datasets", of="dlcore.data.Text")
def test_texts_are_english_prose(capsys):
    least = {"python-reference": 50_000, "zen": 800, "data-descriptions": 5_000}
    assert set(data.text_names()) == set(least)
    for name, size in least.items():
        found = data.load_text(name)
        assert len(found.text) >= size
        assert set(found.text) <= {"\n", *map(chr, range(32, 127))}
        assert "  " not in found.text
        letters = [c for c in found.text.lower() if c.isalpha()]
        assert 0.09 < letters.count("e") / len(letters) < 0.15
        assert f"{len(found.text):,} characters" in str(found.provenance)
    assert capsys.readouterr().out == ""
    from pydoc_data.topics import topics

    everything = " ".join(" ".join(topics[name].split()) for name in topics)
    reference = data.load_text().text.split("\n")
    assert all(paragraph in everything for paragraph in reference)
    assert len(set(reference)) == len(reference)
    described = " ".join(load_iris().DESCR.split())
    assert any(p in described for p in data.load_text("data-descriptions").text.split("\n"))


@pytest.mark.reference("str and list", of="dlcore.data.Vocab")
def test_vocabulary():
    text = "hello, world"
    vocab = data.Vocab.of([text])
    assert vocab.tokens == ("<pad>", "<bos>", "<eos>", "<unk>", *sorted(set(text)))
    assert (vocab.pad, vocab.bos, vocab.eos, vocab.unk) == (0, 1, 2, 3)
    assert len(vocab) == 4 + len(set(text))
    assert "h" in vocab
    assert "z" not in vocab
    numbers = vocab.encode(text, bos=True, eos=True)
    assert numbers.dtype == torch.int64
    assert numbers.tolist() == [1, *(vocab.tokens.index(c) for c in text), 2]
    assert "".join(vocab.decode(numbers)) == text
    assert vocab.decode(numbers, specials=True)[0] == "<bos>"
    assert vocab.decode([5, 2, 6, 7]) == [vocab.tokens[5]]
    assert vocab.encode("hz").tolist()[1] == vocab.unk
    words = data.Vocab.of([["a", "dog"], ["a", "cat"]], specials=())
    assert words.tokens == ("a", "cat", "dog")
    assert words.decode(words.encode(["dog", "a"])) == ["dog", "a"]


@pytest.mark.bad_input
def test_what_does_not_fit():
    with pytest.raises(ValueError, match="there is no text 'bible'"):
        data.load_text("bible")
    with pytest.raises(ValueError, match="appear twice: 'a'"):
        data.Vocab(["a", "b", "a"])
    with pytest.raises(ValueError, match=r"0\.\.2"):
        data.Vocab("abc", specials=()).decode([3])
    with pytest.raises(KeyError, match="no '<unk>'"):
        data.Vocab("abc", specials=()).encode("d")
