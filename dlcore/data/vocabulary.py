"""Words or characters as numbers, and back."""

from collections.abc import Iterable, Sequence

import torch
from jaxtyping import Integer
from torch import Tensor

SPECIALS = ("<pad>", "<bos>", "<eos>", "<unk>")


class Vocab:
    """Numbers for tokens: first the special ones, then the others in the order given.

    Args:
        tokens: words or characters, each once.
        specials: padding, beginning, end, unknown, as far as they are wanted, under these names.

    Attributes:
        tokens: all tokens, by their numbers.

    Raises:
        ValueError: a token appears twice.

    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, section 12.4.

    Example:
        >>> vocab = Vocab.of(["hello"])
        >>> vocab.encode("hole", eos=True).tolist()
        [5, 7, 6, 4, 2]
        >>> vocab.decode([5, 7, 6, 4, 2])
        ['h', 'o', 'l', 'e']

    In production: a tokenizer of the tokenizers package.
    """

    def __init__(self, tokens: Iterable[str], specials: Sequence[str] = SPECIALS) -> None:
        self.tokens = (*specials, *tokens)
        self._specials = frozenset(specials)
        self._numbers = {token: number for number, token in enumerate(self.tokens)}
        if len(self._numbers) < len(self.tokens):
            twice = sorted({t for t in self.tokens if self.tokens.count(t) > 1})
            raise ValueError(f"tokens appear twice: {', '.join(map(repr, twice[:5]))}")

    @classmethod
    def of(cls, texts: Iterable[Iterable[str]], specials: Sequence[str] = SPECIALS) -> "Vocab":
        """The vocabulary of texts, sorted; a string is read by characters, a list by words."""
        return cls(sorted({token for text in texts for token in text}), specials)

    def __len__(self) -> int:
        return len(self.tokens)

    def __contains__(self, token: object) -> bool:
        return token in self._numbers

    def __getitem__(self, token: str) -> int:
        if token in self._numbers:
            return self._numbers[token]
        if "<unk>" in self._specials:
            return self._numbers["<unk>"]
        raise KeyError(f"{token!r} is not in the vocabulary, which has no '<unk>'")

    @property
    def pad(self) -> int:
        """The number of "<pad>"."""
        return self._numbers["<pad>"]

    @property
    def bos(self) -> int:
        """The number of "<bos>", the beginning."""
        return self._numbers["<bos>"]

    @property
    def eos(self) -> int:
        """The number of "<eos>", the end."""
        return self._numbers["<eos>"]

    @property
    def unk(self) -> int:
        """The number of "<unk>", what the vocabulary does not know."""
        return self._numbers["<unk>"]

    def encode(
        self, text: Iterable[str], *, bos: bool = False, eos: bool = False
    ) -> Integer[Tensor, " t"]:
        """The numbers of a text's tokens, on request with a beginning and an end, shape (t,)."""
        before, after = ["<bos>"] if bos else [], ["<eos>"] if eos else []
        return torch.tensor([self[token] for token in (*before, *text, *after)], dtype=torch.int64)

    def decode(self, numbers: Tensor | Iterable[int], *, specials: bool = False) -> list[str]:
        """The tokens of these numbers, up to the first end; special ones only on request.

        Raises:
            ValueError: a number is not one of the vocabulary.
        """
        numbers = numbers.tolist() if isinstance(numbers, Tensor) else list(numbers)
        for number in numbers:
            if not 0 <= number < len(self):
                raise ValueError(f"numbers must lie in 0..{len(self) - 1}, got {number}")
        tokens = [self.tokens[number] for number in numbers]
        if specials:
            return tokens
        if "<eos>" in self._specials and "<eos>" in tokens:
            tokens = tokens[: tokens.index("<eos>")]
        return [token for token in tokens if token not in self._specials]
