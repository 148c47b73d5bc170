"""What an answer uses is found in its text alone, and not laid at another answer's door."""

import torch

from dlgrade.inspection import violations_in

GIVEN = {"torch": torch, "double": lambda x: 2 * x}


def found(cells, name):
    return violations_in(cells, [name], GIVEN, ["softmax"])


def test_a_forbidden_function_is_found_through_imports_aliases_and_helpers():
    assert found(["def f(z): return torch.softmax(z, 0)"], "f") == ["torch.softmax"]
    assert found(["from torch import softmax as s\nf = s"], "f") == ["torch.softmax"]
    assert found(["from torch import softmax as s", "def f(z): return s(z)"], "f")
    assert found(["def helper(z): return z.softmax(0)", "def f(z): return helper(z)"], "f")
    assert found(["def g():\n    global f\n    f = torch.softmax"], "f")


def test_what_another_answer_calls_its_own_variables_is_not_followed():
    other = "import torch\ndef g(z):\n    e = torch.softmax(z, 0)\n    return e"
    assert found([other, "def f(z):\n    e = torch.exp(z)\n    return e"], "f") == []
    assert found([other], "g") == ["torch.softmax"]
