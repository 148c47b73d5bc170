"""The answer imported from the library."""
# fails: all

from dlcore.data import BPETokenizer


def train_bpe(words, merges):
    return BPETokenizer(vocab_size=len(set("".join(words))) + merges).fit(words).merges_
