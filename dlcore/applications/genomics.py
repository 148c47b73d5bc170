"""Letters of DNA: as numbers, from the other strand, motifs in them, genotypes from reads."""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

BASES = "ACGT"
_COMPLEMENT = str.maketrans("ACGTN", "TGCAN")
_CODES = {base: torch.eye(4)[i] for i, base in enumerate(BASES)} | {"N": torch.full((4,), 0.25)}


def one_hot_dna(sequence: str | Sequence[str]) -> Float[Tensor, "*n 4 t"]:
    """Bases as rows of zeros and ones, in the order A, C, G, T; N, an unknown base, as quarters.

    Args:
        sequence: letters A, C, G, T, N, or several sequences of one length.

    Returns:
        Shape (4, t), or (n, 4, t) for several.

    Raises:
        ValueError: other letters, different lengths, or nothing.

    Section: :ref:`sec-genomics`.

    Source: Alipanahi, Delong, Weirauch, Frey (2015), Predicting the sequence specificities of DNA-
        and RNA-binding proteins by deep learning, doi:10.1038/nbt.3300.

    Example:
        >>> one_hot_dna("GAN")[:, 0]
        tensor([0., 0., 1., 0.])

    In production: this; large data stay as bytes until they are on the device.
    """
    several = [sequence] if isinstance(sequence, str) else list(sequence)
    if not several or not several[0] or len({len(s) for s in several}) > 1:
        raise ValueError("expected one sequence or several of one length, at least 1 base")
    strange = sorted(set("".join(several)) - set(_CODES))
    if strange:
        raise ValueError(f"bases are A, C, G, T or N, got {', '.join(strange)}")
    coded = torch.stack([torch.stack([_CODES[base] for base in s], 1) for s in several])
    return coded[0] if isinstance(sequence, str) else coded


def reverse_complement(sequence):
    """The other strand, read in its own direction: A and T, C and G change places, back to front.

    Args:
        sequence: letters, or one-hot bases of shape (..., 4, t).

    Returns:
        The same kind.

    Raises:
        ValueError: other letters, or a tensor without 4 rows.

    Section: :ref:`sec-genomics`.

    Source: Watson, Crick (1953), Molecular structure of nucleic acids, doi:10.1038/171737a0.

    Example:
        >>> reverse_complement("GATTACA")
        'TGTAATC'

    In production: Bio.Seq.reverse_complement.
    """
    if isinstance(sequence, Tensor):
        if sequence.ndim < 2 or sequence.shape[-2] != 4:
            raise ValueError(f"expected shape (..., 4, t), got {tuple(sequence.shape)}")
        return sequence.flip(-1, -2)
    strange = sorted(set(sequence) - set(_CODES))
    if strange:
        raise ValueError(f"bases are A, C, G, T or N, got {', '.join(strange)}")
    return sequence.translate(_COMPLEMENT)[::-1]


class MotifCNN(nn.Module):
    """Whether a protein binds: filters that look for motifs, on both strands, anywhere.

    The strongest match of each filter on either strand goes into a linear layer, so a sequence and
    its reverse complement get the same answer. A filter, read as letters, is the motif it found.

    Args:
        motifs: number of filters.
        width: bases that a filter sees.

    Attributes:
        filters: a torch.nn.Conv1d over the four bases.
        head: logit from the matches.

    Raises:
        ValueError: sequences of another shape, or shorter than a filter.

    Section: :ref:`sec-genomics`.

    Source: Alipanahi, Delong, Weirauch, Frey (2015), Predicting the sequence specificities of DNA-
        and RNA-binding proteins by deep learning, doi:10.1038/nbt.3300.

    Example:
        >>> MotifCNN(motifs=4, width=6)(one_hot_dna(["GATTACA", "CCCCCCC"])).shape
        torch.Size([2])

    In production: this for short sequences; Enformer or Borzoi for long ones.
    """

    def __init__(self, motifs: int = 8, width: int = 8) -> None:
        super().__init__()
        self.filters = nn.Conv1d(4, motifs, width)
        self.head = nn.Linear(motifs, 1)

    def matches(self, x: Float[Tensor, "n 4 t"]) -> Float[Tensor, "n m"]:
        """How well each filter's best place on either strand matches it, shape (n, motifs)."""
        width = self.filters.kernel_size[0]
        if x.ndim != 3 or x.shape[1] != 4 or x.shape[2] < width:
            raise ValueError(f"expected (n, 4, t) with t >= {width}, got {tuple(x.shape)}")
        both = [self.filters(strand).amax(-1) for strand in (x, reverse_complement(x))]
        return torch.maximum(*both).relu()

    def forward(self, x: Float[Tensor, "n 4 t"]) -> Float[Tensor, " n"]:
        """Logits of binding, shape (n,), of one-hot sequences (n, 4, t)."""
        return self.head(self.matches(x))[:, 0]


def genotype_posterior(
    alternative: int | Int[Tensor, "*sites"],
    depth: int | Int[Tensor, "*sites"],
    *,
    error: float = 0.01,
    prior: tuple[float, float, float] = (0.998, 0.0015, 0.0005),
) -> Float[Tensor, "*sites 3"]:
    r"""How probable each genotype is given the bases that were read at a site.

    A read shows the alternative base with probability $\varepsilon$, $\frac12$ or $1 - \varepsilon$
    if the genotype has it not, once or twice: binomial likelihoods, then Bayes' rule.

    Args:
        alternative: reads with the alternative base.
        depth: all reads of the site.
        error: probability that a read is wrong.
        prior: of no, one and two copies of the alternative base.

    Returns:
        Probabilities of no, one and two copies, float64, shape (..., 3).

    Raises:
        ValueError: more alternative reads than reads, an error outside (0, 1), or a prior that is
            no distribution.

    Equation: :eq:`eq-genotype-posterior`.
    Section: :ref:`sec-genomics`.

    Source: Li (2011), A statistical framework for SNP calling, mutation discovery, association
        mapping and population genetical parameter estimation from sequencing data,
        doi:10.1093/bioinformatics/btr509.

    Example:
        >>> genotype_posterior(9, 20).round(decimals=3)
        tensor([0., 1., 0.], dtype=torch.float64)

    In production: GATK HaplotypeCaller, DeepVariant.
    """
    k = torch.as_tensor(alternative).double()
    n = torch.as_tensor(depth, device=k.device).double()
    if not ((k >= 0) & (k <= n)).all():
        raise ValueError("the alternative base cannot be read more often than the site")
    p = torch.tensor(prior, dtype=torch.float64, device=k.device)
    if not 0 < error < 1 or len(p) != 3 or (p < 0).any() or abs(float(p.sum()) - 1) > 1e-6:
        raise ValueError(f"expected 0 < error < 1 and 3 shares for prior, got {error} and {prior}")
    shown = p.new_tensor([error, 0.5, 1 - error])
    log_joint = p.log() + k[..., None] * shown.log() + (n - k)[..., None] * (1 - shown).log()
    return log_joint.softmax(-1)


def plant_motif(
    n: int,
    length: int,
    motif: str,
    *,
    mutation: float = 0.1,
    generator: torch.Generator | None = None,
) -> tuple[list[str], Int[Tensor, " n"]]:
    """Random sequences, half of them with a motif somewhere, on either strand: synthetic.

    Args:
        n: number of sequences.
        length: bases of each.
        motif: letters A, C, G, T.
        mutation: probability that a base of the motif is drawn anew.
        generator: source of everything random, on the CPU.

    Returns:
        Sequences, and 1 for those that were given the motif, shape (n,).

    Raises:
        ValueError: no motif, one longer than the sequences, or a mutation outside [0, 1].

    Section: :ref:`sec-genomics`.

    Source: no publication; planted motifs are the usual test of a motif finder.

    Example:
        >>> sequences, y = plant_motif(4, 30, "TGACGT", generator=torch.Generator().manual_seed(0))
        >>> len(sequences[0]), y.shape
        (30, torch.Size([4]))

    In production: measured sequences, such as ENCODE's.
    """
    if not motif or set(motif) - set(BASES) or len(motif) > length or not 0 <= mutation <= 1:
        raise ValueError(f"expected a motif of A, C, G, T within {length} bases, got {motif!r}")
    y = torch.randint(2, (n,), generator=generator)
    letters = torch.randint(4, (n, length), generator=generator)
    for row, planted in zip(letters, y.tolist(), strict=True):
        if planted:
            other = bool(torch.randint(2, (), generator=generator))
            word = reverse_complement(motif) if other else motif
            bases = torch.tensor([BASES.index(base) for base in word])
            anew = torch.rand(len(word), generator=generator) < mutation
            drawn = torch.randint(4, (len(word),), generator=generator)
            start = int(torch.randint(length - len(word) + 1, (), generator=generator))
            row[start : start + len(word)] = torch.where(anew, drawn, bases)
    return ["".join(BASES[i] for i in row) for row in letters.tolist()], y
