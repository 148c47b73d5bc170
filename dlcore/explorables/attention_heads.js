// What each head of a Transformer looks at; twin of attention_heads.py.
// Weights are [head][output][source], in thousandths.

// The mean of all heads.
const meanOf = (weights) => weights[0].map((row, n) => row.map((_, m) =>
  weights.reduce((sum, head) => sum + head[n][m], 0) / weights.length));

// How spread a row is: e to its entropy, as many tokens if it were even.
const spread = (row) => {
  const sum = row.reduce((a, b) => a + b, 0);
  return Math.exp(-row.reduce((h, v) => h + (v ? (v / sum) * Math.log(v / sum) : 0), 0));
};

const THICKEST = 10;

explorable("attention_heads", (view, state) => {
  const links = view.panel(0), grid = view.panel(1), { weights, source, target } = state;
  let head = "0", { output } = state;
  const place = (n, count) => (n + 0.5) / count;

  function draw() {
    const all = head === "mean" ? meanOf(weights) : weights[head];
    const name = head === "mean" ? "All heads, mean" : `Head ${+head + 1}`;
    const row = all[output], below = place(output, target.length), rows = target.length;
    row.forEach((v, n) => {
      links.line(`link${n}`, [[place(n, source.length), 0.95], [below, 0.05]]);
      dress(links.part(`link${n}`), { "stroke-width": ((THICKEST * v) / 1000).toFixed(2) });
    });
    links.line("under", [[below - 0.03, -0.12], [below + 0.03, -0.12]]);
    const title = `${name}: what it looks at for output ${output + 1}`;
    links.part("title").textContent = title;
    dress(links.svg, { "aria-label": title });
    const unit = Math.min(grid.X(1) - grid.X(0), grid.Y(0) - grid.Y(1));
    grid.draw("squares", all.flatMap((each, n) => each.map((v, m) => {
      const side = unit * Math.sqrt(v / 1000), s = side.toFixed(1);
      return `M${(grid.X(m) - side / 2).toFixed(1)},${(grid.Y(rows - 1 - n) - side / 2).toFixed(1)}h${s}v${s}h-${s}z`;
    })).join(""));
    const [left, right] = [-0.5, source.length - 0.5].map((x) => grid.X(x).toFixed(1));
    const [high, low] = [0.5, -0.5].map((by) => grid.Y(rows - 1 - output + by).toFixed(1));
    grid.draw("row", `M${left},${high}H${right}V${low}H${left}z`);
    const first = row.map((v, m) => [v, source[m]]).sort((a, b) => b[0] - a[0]).slice(0, 3);
    const percent = first.map(([v, token]) => `“${token}” ${Math.round(v / 10)} %`).join(", ");
    view.say([
      `${name}, output ${output + 1}, “${target[output]}”: ${percent}.`,
      `Its weights are as spread as if ${spread(row).toFixed(1)} tokens shared them evenly.`,
    ].join("\n"));
  }

  const names = Object.fromEntries(weights.map((_, h) => [h, `head ${h + 1}`]));
  view.choice(
    "Head", weights.length > 1 ? { ...names, mean: "mean" } : names, head,
    (key) => ((head = key), draw()));
  view.slider(
    "Output", { min: 0, max: target.length - 1, step: 1, value: output,
      format: (n) => `${n + 1}: ${target[n]}` },
    (n) => ((output = n), draw()));
  draw();
});
