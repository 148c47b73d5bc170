"""Questions on the page that answer at once: ``{choice-question}`` and ``{number-question}``.

````
```{choice-question} chk-relu
:hint: What is its slope left of zero?

Which activation is zero for half of its inputs?

- [ ] The sigmoid

  It is never zero.

- [x] ReLU

  For every negative input.
```
````

The source is read by book/questions.py. On a page the answers unfold under the question, and
book/scripts/reader.js judges what the reader chooses; in the PDF and EPUB they stand at the end of
the chapter (book/volume.py).
"""

from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from book.questions import KINDS, LABEL, Question, QuestionError, parsed

HEAD = "Check yourself"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CELL = 10_000  # MyST-NB's line numbers: cell * 10000 + line


class QuestionForm(nodes.General, nodes.Element):
    """The text, an optional hint, the answers."""


class QuestionText(nodes.General, nodes.Element):
    """What is asked."""


class QuestionHint(nodes.General, nodes.Element):
    """What helps."""


class QuestionAnswer(nodes.General, nodes.Element):
    """An answer: a paragraph, then its reason."""


class QuestionDirective(SphinxDirective):
    """A question with a choice of answers, or for a number."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar = dict.fromkeys(("hint", "unit"), directives.unchanged_required)

    def run(self) -> list[nodes.Node]:
        """Text, hint and answers as nodes."""
        label, kind = self.arguments[0], KINDS[self.name]
        try:
            if not LABEL.fullmatch(label):
                raise QuestionError("as label write chk- and words in kebab-case")
            if kind == "choice" and "unit" in self.options:
                raise QuestionError("a unit belongs to a {number-question}")
            found = parsed("\n".join(self.content), kind)
        except QuestionError as error:
            raise self.error(f"{self.place()}{self.name} {label}: {error}") from None
        node = QuestionForm(kind=kind, unit=self.options.get("unit", ""), names=[label])
        self.set_source_info(node)
        self.fill(node, found)
        self.state.document.note_explicit_target(node, node)
        return [node]

    def place(self) -> str:
        """The cell, where the source is a notebook."""
        source, line = self.get_source_info()
        return f"cell {line // CELL}: " if str(source).endswith(".ipynb") else ""

    def fill(self, node: QuestionForm, found: Question) -> None:
        """Add the parts as nodes."""
        node += QuestionText("", *self.parse_text_to_nodes(found.text))
        if "hint" in self.options:
            node += QuestionHint("", *self.parse_text_to_nodes(self.options["hint"]))
        for answer in found.answers:
            part = QuestionAnswer(right=answer.right)
            if node["kind"] == "number":
                part["value"], part["tolerance"] = answer.value, answer.tolerance
                part += nodes.paragraph("", answer.text)
            else:
                part += self.choice(answer.text)
            part += self.parse_text_to_nodes(answer.reason)
            node += part

    def choice(self, text: str) -> nodes.paragraph:
        """An answer as one paragraph, for it is the label of a button."""
        parts = self.parse_text_to_nodes(text)
        if len(parts) != 1 or not isinstance(parts[0], nodes.paragraph):
            raise self.error(f"{self.place()}{self.name}: {text!r} must be one paragraph of text")
        return parts[0]


def visit_question(translator, node: QuestionForm) -> None:
    """A form; without script its answers can still be unfolded."""
    form = {"CLASS": "dl-question", "data-kind": node["kind"], "autocomplete": "off"}
    translator.body.append(translator.starttag(node, "form", **form))
    translator.body.append(f'<p class="dl-question-head">{HEAD}')
    translator.add_permalink_ref(node, "Link to this question")
    translator.body.append("</p>\n")


def depart_question(translator, node: QuestionForm) -> None:
    """Close the form."""
    translator.body.append("</form>\n")


def visit_text(translator, node: QuestionText) -> None:
    """The question, described by which the fields of the form are read out."""
    name = node.parent["ids"][0]
    translator.body.append(f'<fieldset aria-labelledby="{name}-text"><div id="{name}-text">')


def depart_text(translator, node: QuestionText) -> None:
    """The fields, then what unfolds."""
    form = node.parent
    body, answers = translator.body, list(form.findall(QuestionAnswer))
    body.append("</div>\n")
    if form["kind"] == "number":
        unit = f" {translator.encode(form['unit'])}" if form["unit"] else ""
        body.append(
            '<p class="dl-entry"><label>Your answer: <input type="text" inputmode="text" '
            f'size="9" spellcheck="false"></label>{unit} <button type="submit">Check</button></p>'
        )
    else:
        body.append('<ul class="dl-choices">')
        for i, answer in enumerate(answers):
            radio = f'<input type="radio" name="{form["ids"][0]}" value="{i}">'
            body.append(f"<li><label>{radio}<span>{LETTERS[i]}</span> <span>")
            for child in answer[0].children:
                child.walkabout(translator)
            body.append("</span></label></li>\n")
        body.append('</ul><p class="dl-entry"><button type="submit">Check</button></p>')
    body.append('</fieldset>\n<div class="dl-verdict" role="status"></div>\n')


def visit_hint(translator, node: QuestionHint) -> None:
    """Folded."""
    translator.body.append('<details class="dl-hint"><summary>Hint</summary>\n')


def depart_hint(translator, node: QuestionHint) -> None:
    """Close it."""
    translator.body.append("</details>\n")


def visit_answer(translator, node: QuestionAnswer) -> None:
    """Answer and reason, all of them folded in one."""
    form, answers = node.parent, list(node.parent.findall(QuestionAnswer))
    if node is answers[0]:
        translator.body.append('<details class="dl-answers"><summary>Answer</summary>\n<ul>')
    data = {"data-right": "yes"} if node["right"] else {}
    if form["kind"] == "number":
        data |= {"data-value": repr(node["value"]), "data-tolerance": repr(node["tolerance"])}
    translator.body.append(translator.starttag(node, "li", **data))
    name = node[0].astext() if form["kind"] == "number" else LETTERS[answers.index(node)]
    verdict = "Right" if node["right"] else "Wrong"
    translator.body.append(f'<p class="dl-answer-head">{name} <span>{verdict}</span></p>\n<div>')
    for child in node.children[1:]:
        child.walkabout(translator)
    translator.body.append("</div></li>\n")
    if node is answers[-1]:
        translator.body.append("</ul></details>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directives and their nodes."""
    app.add_node(QuestionForm, html=(visit_question, depart_question))
    app.add_node(QuestionText, html=(visit_text, depart_text))
    app.add_node(QuestionHint, html=(visit_hint, depart_hint))
    app.add_node(QuestionAnswer, html=(visit_answer, None))
    for name in KINDS:
        app.add_directive(name, QuestionDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
