// An image put together from its singular triples; twin of svd_image.py.

// The triples as they travel: for each its left vector, then its right one, both times the root of
// the singular value, in whole multiples of step.
function triples(buffer, { height, width, step }) {
  const numbers = Int16Array.from(new Int16Array(buffer)), each = height + width;
  return Array.from({ length: numbers.length / each }, (_, k) => ({
    left: Float64Array.from(numbers.subarray(k * each, k * each + height), (v) => v * step),
    right: Float64Array.from(numbers.subarray(k * each + height, (k + 1) * each), (v) => v * step),
  }));
}

// The sum of the outer products of those triples, row by row.
function combine(chosen, { height, width }) {
  const image = new Float64Array(height * width);
  for (const { left, right } of chosen)
    for (let i = 0; i < height; i++)
      for (let j = 0; j < width; j++) image[i * width + j] += left[i] * right[j];
  return image;
}

explorable("svd_image", (view, state) => {
  const shown = view.panel(0), chart = view.panel(1), { height, width } = state;
  const canvas = element("canvas", { width, height }), context = canvas.getContext("2d");
  let parts = null, k = state.k, what = "sum";

  // Grey as it is; a single layer, which has both signs, round the middle and stretched.
  function paint(values, center, scale) {
    const pixels = context.createImageData(width, height);
    values.forEach((v, n) => {
      const grey = 255 * (center + scale * v);
      pixels.data.set([grey, grey, grey, 255], 4 * n);
    });
    context.putImageData(pixels, 0, 0);
    dress(shown.part("image"), { href: canvas.toDataURL() });
  }

  async function show() {
    if (what === "original") return dress(shown.part("image"), { href: state.original });
    parts = parts || unpack(state.packed).then((buffer) => triples(buffer, state));
    const all = await parts;
    if (what === "original") return;
    const chosen = what === "sum" ? all.slice(0, k) : all.slice(k - 1, k);
    const values = combine(chosen, state);
    const most = values.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    if (what === "sum") paint(values, 0, 1);
    else paint(values, 0.5, most && 0.5 / most);
  }

  function draw() {
    const numbers = k * (height + width + 1), share = numbers / (height * width);
    const group = (n) => n.toLocaleString("en").replaceAll(",", "\u202f");
    const percent = (v) => `${(100 * v).toPrecision(v < 0.1 ? 2 : 3)} %`;
    const titles = { sum: `Rank ${k}`, layer: `Layer ${k} alone, stretched`, original: "The original" };
    shown.part("title").textContent = titles[what];
    dress(shown.svg, { "aria-label": titles[what] });
    chart.line("now", [[k, chart.range[2]], [k, chart.range[3]]]);
    chart.draw("dot", `M${chart.X(k)},${chart.Y(Math.log10(Math.max(state.errors[k], 1e-4)))}h0`);
    view.say([
      `Rank ${k} of ${Math.min(height, width)}: relative error ${percent(state.errors[k])}`,
      `${group(numbers)} numbers instead of ${group(height * width)}: ${percent(share)} of the storage`,
    ].join("\n"));
    show();
  }

  view.slider(
    "Rank k", { min: 1, max: state.errors.length - 1, step: 1, value: k, format: (v) => `k = ${v}` },
    (v) => ((k = v), draw()));
  const views = { sum: "Sum of k layers", layer: "Layer k alone", original: "Original" };
  view.choice("Show", views, what, (key) => ((what = key), draw()));
  draw();
});
