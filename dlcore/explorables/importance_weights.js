// The weights of draws from a moved normal for a standard normal; twin of importance_weights.py.

// The draws' logarithms of weights, and their first coordinates.
function weighted(seed, draws, mean, width, dimensions) {
  const z = normals(seed, draws * dimensions), logs = new Float64Array(draws), first = new Float64Array(draws);
  z.forEach((v, k) => {
    const n = Math.floor(k / dimensions), x = mean + width * v;
    logs[n] += v * v / 2 - x * x / 2 + Math.log(width);
    if (k % dimensions === 0) first[n] = x;
  });
  const most = logs.reduce((a, b) => Math.max(a, b));
  return { logs, first, weights: logs.map((v) => Math.exp(v - most)) };
}

// The effective sample size of the first 1, 2, … weights.
function effective(weights) {
  let sum = 0, squares = 0;
  return weights.map((w) => ((sum += w), (squares += w * w), (sum * sum) / Math.max(squares, 1e-300)));
}

// The share of many draws that count in the end; 0 if the weights have no finite variance.
function limit(mean, width, dimensions) {
  const left = 2 * width ** 2 - 1;
  return left <= 0 ? 0 : ((Math.sqrt(left) / width ** 2) * Math.exp(-(mean ** 2) / left)) ** dimensions;
}

explorable("importance_weights", (view, state) => {
  const plane = view.panel(0), chart = view.panel(1), { marks, reach, grid, draws } = state;
  const [mostMean, leastWidth, mostWidth, mostDimensions] = state.limits;
  const fixed = (v) => v.toFixed(1), percent = (v) => (v < 0.001 && v > 0 ? "less than 0.1 %" : `${(100 * v).toFixed(1)} %`);
  let seed = 0;

  function draw() {
    const { mean, width, dimensions } = state, found = weighted(seed, draws, mean, width, dimensions);
    const sizes = effective(found.weights), exact = limit(mean, width, dimensions);
    plane.line("proposal", Array.from({ length: grid }, (_, k) => {
      const x = reach * ((2 * k) / (grid - 1) - 1);
      return [x, Math.exp(-(((x - mean) / width) ** 2) / 2) / (width * Math.sqrt(2 * Math.PI))];
    }));
    plane.draw("draws", Array.from(found.first.subarray(0, state.discs), (x, n) => {
      const r = 12 * Math.sqrt(found.weights[n]), half = `a${fixed(r)},${fixed(r)} 0 1 1`;
      if (r < 1 || Math.abs(x) > reach) return "";
      return `M${fixed(plane.X(x) - r)},${fixed(plane.Y(0.04))}${half} ${fixed(2 * r)},0${half} ${fixed(-2 * r)},0`;
    }).join(""));
    chart.line("limit", [[1, exact], [3, exact]]);
    chart.line("seen", marks.map((n) => [Math.log10(n), sizes[n - 1] / n]));
    const total = found.weights.reduce((sum, w) => sum + w, 0);
    view.say([
      `By the weights seen, ${draws} draws are worth ${fixed(sizes[draws - 1])}, ${percent(sizes[draws - 1] / draws)} of them; the largest weight is ${percent(1 / total)} of all.`,
      exact ? `In the end ${percent(exact)} count.`
        : "Warning: a proposal this narrow gives weights of infinite variance. In the end nothing counts, whatever the weights seen say.",
    ].join("\n"));
  }

  view.slider(
    "Mean", { min: 0, max: mostMean, step: 0.1, value: state.mean, format: fixed },
    (v) => ((state.mean = v), draw()));
  view.slider(
    "Width", { min: leastWidth, max: mostWidth, step: 0.05, value: state.width, format: (v) => v.toFixed(2) },
    (v) => ((state.width = v), draw()));
  view.slider(
    "Dimensions", { min: 1, max: mostDimensions, step: 1, value: state.dimensions },
    (v) => ((state.dimensions = v), draw()));
  view.buttons({ "Other draws": () => (seed++, draw()) });
  draw();
});
