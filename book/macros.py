"""The book's own TeX macros replaced by what they stand for, as Jupyter does not know them."""

import re


class NoRuleError(ValueError):
    """A role, directive or macro that cannot be made plain."""


def macros_expanded(tex: str, macros: dict[str, str]) -> str:
    """TeX with the book's own macros replaced by what they stand for."""
    names = "|".join(re.escape(name[1:]) for name in macros)
    use = re.compile(rf"(?<!\\)((?:\\\\)*)\\({names})(?![A-Za-z])")
    for _ in range(1000):
        found = use.search(tex) if names else None
        if found is None:
            return tex
        body, end = macros[f"\\{found[2]}"], found.end()
        for i in range(1, 1 + max(map(int, re.findall(r"#(\d)", body)), default=0)):
            argument, end = tex_argument(tex, end)
            body = body.replace(f"#{i}", argument)
        gap = " " if re.search(r"\\[A-Za-z]+$", body) else ""
        tex = tex[: found.end(1)] + body + gap + tex[end:]
    raise NoRuleError(f"a macro that contains itself, in {tex[:60]!r}")


def tex_argument(tex: str, start: int) -> tuple[str, int]:
    """The argument that begins at or after `start`, without its braces, and where it ends."""
    start += len(tex[start:]) - len(tex[start:].lstrip())
    if tex[start : start + 1] != "{":
        token = re.compile(r"\\[A-Za-z]+|\\?.", re.S).match(tex, start)
        return (token[0], token.end()) if token else ("", start)
    depth = 0
    for end in range(start, len(tex)):
        depth += {"{": 1, "}": -1}.get(tex[end], 0)
        if depth == 0:
            return tex[start + 1 : end], end + 1
    raise NoRuleError(f"unbalanced braces in {tex[start : start + 40]!r}")
