// The gates of an LSTM over a sentence; twin of lstm_gates.py.

// As they travel: forget, input, output gate and cell, each letter by letter, in thousandths.
function traces(buffer, { sentence, cells }) {
  const numbers = new Int16Array(buffer), t = sentence.length;
  return ["forget", "input", "output", "cell"].map((_, which) =>
    Array.from({ length: cells }, (_, k) =>
      Array.from({ length: t }, (_, n) => numbers[(which * t + n) * cells + k] / 1000)));
}

explorable("lstm_gates", (view, state) => {
  const valves = view.panel(0), memory = view.panel(1), everyone = view.panel(2);
  const { sentence } = state, parts = ["forget", "input", "output"];
  const shown = (c) => (c === " " ? "blank" : c), minus = (v) => v.toFixed(2).replace("-", "−");
  let all = null, { cell, letter } = state;

  async function draw() {
    all = all || unpack(state.packed).then((buffer) => traces(buffer, state));
    const values = await all, path = (which) => values[which][cell].map((v, n) => [n, v]);
    const stem = (v, k) => {
      const x = everyone.X(k).toFixed(1);
      return `M${x},${everyone.Y(0).toFixed(1)}L${x},${everyone.Y(v).toFixed(1)}`;
    };
    parts.forEach((part, which) => valves.line(part, path(which)));
    memory.line("cell", path(3).map(([n, v]) => [n, Math.tanh(v)]));
    for (const [panel, words] of [[valves, ""], [memory, " (its tanh)"]]) {
      const title = `${panel === valves ? "Gates" : "State"} of cell ${cell + 1}${words}`;
      panel.line("now", [[letter, panel.range[2]], [letter, panel.range[3]]]);
      panel.part("title").textContent = title;
      dress(panel.svg, { "aria-label": title });
    }
    const gates = values[0].map((each) => each[letter]);
    everyone.draw("others", gates.map(stem).join(""));
    everyone.draw("own", stem(gates[cell], cell));
    everyone.dot("top", [cell, gates[cell]]);
    const [f, i, o, c] = values.map((each) => each[cell][letter]);
    const before = letter > 0 ? values[3][cell][letter - 1] : 0;
    view.say([
      `Letter ${letter + 1}, ${shown(sentence[letter])}, cell ${cell + 1}: forget ${f.toFixed(2)}, input ${i.toFixed(2)}, output ${o.toFixed(2)}.`,
      `Its state goes from ${minus(before)} to ${minus(c)}: ${minus(f * before)} is kept, ${minus(c - f * before)} is written.`,
      `${gates.filter((v) => v < 0.3).length} of ${gates.length} forget gates are below 0.3 here, ${gates.filter((v) => v > 0.8).length} above 0.8.`,
    ].join("\n"));
  }

  const letters = view.slider(
    "Letter", { min: 0, max: sentence.length - 1, step: 1, value: letter,
      format: (n) => `${n + 1}: ${shown(sentence[n])}` },
    (n) => ((letter = n), draw()));
  view.slider(
    "Cell", { min: 0, max: state.cells - 1, step: 1, value: cell, format: (k) => String(k + 1) },
    (k) => ((cell = k), draw()));
  const go = (n) => {
    letter = Math.max(0, Math.min(sentence.length - 1, n));
    letters.set(letter);
    draw();
  };
  view.buttons({
    "Back": () => go(letter - 1),
    "Next": () => go(letter + 1),
    "Next blank": () => go((sentence + sentence).indexOf(" ", letter + 1) % sentence.length),
  }, 1);
  draw();
});
