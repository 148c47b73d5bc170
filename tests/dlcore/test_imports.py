"""What importing the library costs: nothing is loaded before it is used."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import dlcore

ROOMS = dlcore._ROOMS
ON_TENSORS = ("kernels", "nn", "numerics", "optim", "regularization", "training", "models")
ASK = """
import importlib, json, sys, time
import torch
before, began = set(sys.modules), time.process_time()
import dlcore
rooms = {{name: importlib.import_module(f"dlcore.{{name}}") for name in {rooms}}}
names = {{name: dir(room) for name, room in rooms.items()}}
seconds = time.process_time() - began
imported = set(sys.modules) - before
for room in {on_tensors}:
    for name in names[room]:
        getattr(rooms[room], name)
print(json.dumps({{
    "seconds": seconds,
    "imported": sorted({{name.split(".")[0] for name in imported}}),
    "modules": sorted(name for name in imported if name.startswith("dlcore.")),
    "used": sorted({{name.split(".")[0] for name in set(sys.modules) - before}}),
}}))
"""


@pytest.fixture(scope="module")
def loaded():
    """What a fresh interpreter has loaded after torch, and how long it took."""
    code = ASK.format(rooms=ROOMS, on_tensors=ON_TENSORS)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_all_rooms_are_looked_at():
    folders = Path(dlcore.__file__).parent.glob("*/__init__.py")
    assert {path.parent.name for path in folders} == set(ROOMS)


def test_a_room_needs_no_import_of_its_own():
    code = "import dlcore; print(dlcore.nn.Linear.__name__, 'nn' in dir(dlcore)); dlcore.nothing"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "Linear True\n"
    assert "module 'dlcore' has no attribute 'nothing'" in done.stderr


def test_importing_every_room_takes_less_than_half_a_second_beyond_torch(loaded):
    assert loaded["seconds"] < 0.5


def test_importing_every_room_loads_none_of_what_is_in_it(loaded):
    foreign = set(loaded["imported"]) - set(sys.stdlib_module_names)
    assert foreign == {"dlcore", "lazy_loader"}
    assert {name.count(".") for name in loaded["modules"] if "._" not in name} == {1}


@pytest.mark.parametrize(
    "package", ["matplotlib", "sklearn", "scipy", "pandas", "networkx", "skimage", "gymnasium"]
)
def test_what_computes_on_tensors_loads_tensors_only(loaded, package):
    assert package not in loaded["used"]
