"""What `dlcore.glue` and `dlcore.show_source` leave in a notebook."""

import asyncio
from pathlib import Path

import nbformat
import pytest
from myst_nb.core.variables import format_plain_text
from myst_nb.ext.glue import extract_glue_data
from nbformat.v4 import new_code_cell, new_notebook

import dlcore
from book.kernel import fresh_kernel, run_cells
from dlcore._notebook import source_of

CELLS = [
    "import dlcore, torch, numpy as np",
    "dlcore.glue(a=0.97251, n=7, who='Rosenblatt', t=torch.tensor(2.5), s=np.float32(1.5))",
    "dlcore.show_source(dlcore.device)",
]


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    """The cells with their outputs."""
    path = tmp_path_factory.mktemp("kernel") / "n.ipynb"

    async def run():
        notebook = new_notebook(cells=[new_code_cell(cell) for cell in CELLS])
        library = Path(dlcore.__file__).parents[1]
        async with fresh_kernel(notebook, path, library, 60) as client:
            await run_cells(client, "n.ipynb", 60, path.with_suffix(".names"))
        return notebook

    return asyncio.run(run())


@pytest.mark.reference("myst_nb.ext.glue.extract_glue_data", of="dlcore.glue")
@pytest.mark.parametrize(
    ("name", "form", "text"),
    [
        ("a", ".3f", "0.973"),
        ("n", "", "7"),
        ("who", "", "Rosenblatt"),
        ("t", ".1f", "2.5"),
        ("s", "", "1.5"),
    ],
)
def test_the_book_finds_what_was_glued(notebook, name, form, text):
    found = extract_glue_data(nbformat.from_dict(notebook), [0, 1, 2], None)
    assert format_plain_text(found[name]["data"]["text/plain"], form) == text


def test_jupyter_has_nothing_to_show_of_it(notebook):
    mimes = {mime for out in notebook.cells[1].outputs for mime in out.data}
    assert mimes == {"application/papermill.record/text/plain"}


def test_sources_are_highlighted(notebook):
    shown = notebook.cells[2].outputs[0].data
    assert source_of(dlcore.device) in shown["text/plain"]
    assert '<span class="k">def</span>' in shown["text/html"]
