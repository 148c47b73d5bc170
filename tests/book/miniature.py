"""The sources of a small book: one chapter with one of everything, a library of three functions."""

import shutil
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from dlcore.explorables import Panel, step_through

ROOT = Path(__file__).parents[2]
CHAPTER = "chapters/06_small_networks"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 60"><path d="M0 60L90 0"/></svg>'
WORDS = {"question": "Where?", "prediction": "Here.", "finding": "There.", "alt": "Panels."}
STATES = [
    [Panel(f"x is {x}", (-1.0, 1.0), (0.0, 1.0)).line("x", [-1.0, x], [0.0, 1.0], "red")]
    for x in (0.0, 1.0)
]
EXPLORABLE = step_through(STATES, ["x is 0", "x is 1"], **WORDS, shown=0).html()
TOC = f"""
format: jb-book
root: chapters/index
parts:
  - caption: Practical Deep Networks
    numbered: 3
    chapters:
      - file: {CHAPTER}
  - caption: Reference
    chapters:
      - glob: api/*
      - file: chapters/glossary
      - file: chapters/lists
      - file: chapters/measurements
      - file: chapters/bibliography
      - file: chapters/errata
      - glob: genindex
"""
PAGES = {
    "chapters/index": """
# Small book

```{part-cover} networks
:alt: Curves and dots.

A network *learns*.
```

```{chapter-cards}
5 Not written.
6 Networks, small.
```

```{chapter-map}
**All.** {chapter}`5`, {chapter}`6`.
```
""",
    "chapters/lists": """
# Lists

```{include} ../book/names.inc.md
```

```{list-of} algorithms
```

```{list-of} figures
```

```{list-of} tables
```

```{include} ../book/abbreviations.inc.md
```
""",
    "chapters/measurements": """
# Measurements

```{include} ../book/costs.inc.md
```

## Beside others

```{include} ../book/benchmarks.inc.md
```
""",
    "chapters/glossary": "# Glossary\n\n```{include} ../book/glossary.inc.md\n```\n",
    "chapters/bibliography": "# Bibliography\n\n```{bibliography}\n```\n",
    "chapters/errata": "# Errata\n\n```{include} ../book/errata.inc.md\n```\n",
    "book/errata/06_small_networks": "## Chapter 6\n\nNone worth telling.\n",
    "book/glossary/06_small_networks": "unit\n  Part of a layer.\n\nbias\n  What is added.\n",
}
PROSE = r"""# Small Networks

See {chapter}`6` and {chapter}`9`. {term}`unit`

(sec-small)=
## First section

{difficulty}`advanced`

A vector $\mathbf x \in \R^d$ of which the longest sentence of this page
says that it has $d$ entries.

$$
\softmax(\mathbf z)_k = \frac{e^{z_k}}{\sum_j e^{z_j}} \quad\text{and it goes on}\quad
\mathbf a + \mathbf b + \mathbf c + \mathbf d + \mathbf e + \mathbf f + \mathbf g + \mathbf h
$$ (eq-small)

{eq}`eq-small`, {numref}`fig-small`, {prf:ref}`alg-small`, {numref}`ex-small`,
{py:obj}`dlcore.nn.soft`, {cite}`small1901`.

```{prf:algorithm} Nothing
:label: alg-small

1. do nothing
```

```{exercise}
:label: ex-small

Why?
```

```{solution} ex-small
:class: dropdown

Because.
```

```{source} dlcore.nn.soft
```

## Second section

The activation does not saturate; CNNs say so.

```{choice-question} chk-slope
:hint: Think of $\max(0, z)$.

Which slope has $\relu$ at $z = 2$?

- [ ] 0

  That is the slope **left** of zero.

- [x] 1, see {eq}`eq-small`

  It is the identity there: $\relu(z) = z$.
```

```{number-question} chk-sum
:unit: nats

How large is $\log 2$?

- [x] 0.693 +- 0.001

  The entropy of a fair coin.

- [ ] 0.301 +- 0.001

  That is the logarithm to base 10.
```
"""
WORKS = """@article{small1901,
  author = {Ada Small}, title = {On Small Things}, journal = {Things}, year = {1901}
}
"""
FUNCTION = r'''
"""Networks, most of them in one file."""

from dlcore.nn.pairs import SIDES, swap

__all__ = ["SIDES", "hard", "soft", "swap"]


def soft(z: "Float[Tensor, 'n d']", dim: int = -1) -> "Float[Tensor, 'n d']":
    r"""Softness of `z`s, $\max$ or |z|, as xavier_normal_ says.

    Args:
        z: logits, (n, *batch).

    Equation: :eq:`eq-small`. Section: :ref:`sec-small`
    In production: torch.softmax_
    """
    return z * dim


def hard() -> None:
    """Named by its equation only.

    Equation: :eq:`eq-small`
    """
'''
PAIRS = '''
"""Pairs: what has two sides."""

SIDES = ("left", "right")
"""Their names."""


def swap(a: int, b: int) -> tuple[int, int]:
    """The other way around."""
    return b, a
'''
FAULTS = r"""# Faulty

{difficulty}`hard` {chapter}`21` {eq}`eq-nowhere` {term}`nothing` {py:obj}`dlcore.nn.typo`

$\undefinedmacro{x}$

$$
\begin{align} a &= b \\ c &= d \end{align}
$$ (eq-rows)

```{source} dlcore.nn.missing
```

```{part-cover} nothing
:alt: Nothing.

Nothing.
```

```{chapter-cards}
9 Not written.
```
"""
FAULTY_DOCSTRING = '''


def astray() -> None:
    """Refers to what no page defines.

    Equation: :eq:`eq-astray`
    Section: :ref:`sec-astray`
    """


__all__ += ["astray"]
'''


def notebook(prose: str = PROSE) -> nbformat.NotebookNode:
    """The chapter with the record of its run and one figure."""
    figure = new_code_cell("draw()", outputs=[new_output("display_data", {"image/svg+xml": SVG})])
    figure.metadata["mystnb"] = {
        "figure": {"caption": "A line of {eq}`eq-small`.", "name": "fig-small"},
        "image": {"alt": "A rising line"},
    }
    long_line = new_code_cell("very_long_name = " + " + ".join(f"summand_{i}" for i in range(30)))
    play = new_code_cell("play()", outputs=[new_output("display_data", {"text/html": EXPLORABLE})])
    chapter = new_notebook(cells=[new_markdown_cell(prose), figure, long_line, play])
    chapter.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    chapter.metadata["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
    run = {"date": "2026-11-24", "seconds": 2.4, "hardware": "Abacus, 1 thread"}
    run |= {"cpu_seconds": 1.9, "peak_mb": 512}
    run["versions"] = {"torch": "2.13.0", "python": "3.11.7"}
    chapter.metadata["dlcore"] = {"execution": run}
    return chapter


def write(folder: Path) -> None:
    """Write the sources as book/stage.py would."""
    library = folder / "library"
    files = {f"{name}.md": text for name, text in PAGES.items()} | {"_toc.yml": TOC}
    files |= {
        "library/dlcore/__init__.py": "__version__ = '9.9'",
        "library/dlgrade/__init__.py": "",
    }
    files |= {"library/dlcore/nn/__init__.py": FUNCTION, "library/dlcore/nn/pairs.py": PAIRS}
    files["book/references.bib"] = WORKS
    files["book/abbreviations.txt"] = "CNN convolutional neural network\nRNN recurrent network\n"
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf8")
    shutil.copy(ROOT / "dlcore" / "_notebook.py", library / "dlcore")
    nbformat.write(notebook(), folder / f"{CHAPTER}.ipynb")


def add_faults(folder: Path) -> None:
    """Add questions, a page and a function with everything that must stop a build."""
    bad = PROSE.replace("- [x] 1, see", "- [ ] 1, see").replace("0.693 +- 0.001", "two")
    nbformat.write(notebook(bad), folder / f"{CHAPTER}.ipynb")
    (folder / "chapters" / "faulty.md").write_text(FAULTS, "utf8")
    toc = TOC.replace(
        f"      - file: {CHAPTER}\n", f"      - file: {CHAPTER}\n      - file: chapters/faulty\n"
    )
    (folder / "_toc.yml").write_text(toc, "utf8")
    module = folder / "library" / "dlcore" / "nn" / "__init__.py"
    module.write_text(FUNCTION + FAULTY_DOCSTRING, "utf8")
