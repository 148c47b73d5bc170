// A flow bends the plane of codes; twin of flow_grid.py.

// The codes of the lattice, row by row from below.
const latticeOf = ({ side, reach }) => Array.from({ length: side * side }, (_, n) =>
  [n % side, Math.floor(n / side)].map((k) => reach * ((2 * k) / (side - 1) - 1)));

// For each layer {x, y, logDet} of all codes, from differences whose low bytes come first.
function layersOf(buffer, { layers, unit, side, codes }) {
  const bytes = new Uint8Array(buffer), count = side * side + codes.length / 2;
  const row = (n) => {
    const from = 2 * count * n, values = new Int16Array(count);
    for (let k = 0, sum = 0; k < count; k++) {
      sum += bytes[from + k] + 256 * bytes[from + count + k];
      values[k] = sum;
    }
    return Float64Array.from(values, (v) => v * unit);
  };
  return Array.from({ length: layers }, (_, k) => ({ x: row(3 * k), y: row(3 * k + 1), logDet: row(3 * k + 2) }));
}

const baseLogDensity = ([x, y]) => -(x * x + y * y) / 2 - Math.log(2 * Math.PI);

// The log density of one code's image, after 0, 1, ... layers.
const levelsOf = (layers, code, n) => layers.reduce((sums, { logDet }) => [...sums, sums.at(-1) - logDet[n]], [baseLogDensity(code)]);

// Every so many rows and columns of the lattice, as lists of numbers of codes.
function linesOf({ side, lines: [apart, every] }) {
  const some = (step) => Array.from({ length: Math.ceil(side / step) }, (_, k) => k * step);
  const across = some(apart).map((i) => some(every).map((j) => i * side + j));
  return [...across, ...some(apart).map((j) => some(every).map((i) => i * side + j))];
}

// The number of the lattice's code next to a place.
function nearestCode({ side, reach }, place) {
  const [column, row] = place.map((v) => Math.round(((Math.max(-reach, Math.min(reach, v)) / reach + 1) / 2) * (side - 1)));
  return row * side + column;
}

explorable("flow_grid", (view, state) => {
  const [codes, image, chart] = [0, 1, 2].map((k) => view.panel(k)), { layers: count, side } = state;
  const nodes = latticeOf(state), lines = linesOf(state), first = side * side;
  const samples = Array.from({ length: state.codes.length / 2 }, (_, k) => [state.codes[2 * k] / 100, state.codes[2 * k + 1] / 100]);
  const all = [...nodes, ...samples], number = (v) => (Math.abs(v) < 0.005 ? 0 : v).toFixed(2).replace("-", "−");
  const pair = (place) => place.map(number).join(", ");
  let layers = null, stop = null;

  // Where code n is after k layers.
  const placed = (n, k) => (k ? [layers[k - 1].x[n], layers[k - 1].y[n]] : all[n]);

  function draw() {
    const { at, layer } = state, code = nodes[at];
    knob.set(...code);
    if (!layers) return;
    const spot = (n) => placed(n, layer), { X, Y } = image, px = ([x, y]) => [X(x), Y(y)];
    image.draw("grid", lines.map((line) => polyline(line.map((n) => px(spot(n))))).join(""));
    image.draw("samples", samples.map((_, k) => `M${px(spot(first + k)).map((v) => v.toFixed(1)).join()}h0`).join(""));
    image.dot("point", spot(at));
    const title = `After ${layer} of ${count} layers`;
    image.part("title").textContent = title;
    dress(image.svg, { "aria-label": title });
    const heights = levelsOf(layers, code, at).slice(0, layer + 1), end = heights.at(-1);
    const bars = (sign) => heights.slice(1).map((b, n) => (sign * (b - heights[n]) > 0
      ? `M${chart.X(n + 0.5).toFixed(1)},${chart.Y(heights[n]).toFixed(1)}V${chart.Y(b).toFixed(1)}` : "")).join("");
    chart.draw("up", bars(1));
    chart.draw("down", bars(-1));
    chart.draw("levels", heights.map((v, n) => `M${chart.X(n).toFixed(1)},${chart.Y(v).toFixed(1)}h0`).join(""));
    chart.dot("level", [layer, end]);
    const sum = heights[0] - end, area = Math.exp(sum);
    view.say([
      `Code ${pair(code)}: log density ${number(heights[0])} in the base.`,
      `After ${layer} of ${count} layers it is at ${pair(spot(at))}; the log-determinants add up to ${number(sum)}, areas there are ${area.toPrecision(2)} times as large.`,
      `Log density ${number(heights[0])} − (${number(sum)}) = ${number(end)}.`,
    ].join("\n"));
  }

  function pause() {
    if (stop) stop();
    stop = null;
    if (play) play.textContent = "Play";
  }
  function show(k) {
    state.layer = Math.max(0, Math.min(count, k));
    slider.set(state.layer);
    draw();
  }
  function toggle() {
    if (stop) return pause();
    play.textContent = "Pause";
    if (state.layer === count) show(0);
    let next = performance.now() + 900;
    stop = view.animate(() => {
      if (performance.now() < next) return;
      next += 900;
      show(state.layer + 1);
      if (state.layer === count) pause();
    });
  }

  const knob = handle(codes, "point", {
    label: "The code", value: nodes[state.at], step: (2 * state.reach) / (side - 1),
    moved: (x, y) => ((state.at = nearestCode(state, [x, y])), draw()),
    describe: (x, y) => pair([x, y]),
  });
  // The code whose image is nearest; the lattice holds no others.
  drag(image, (place) => {
    if (!layers) return;
    const gap = (n) => Math.hypot(...placed(n, state.layer).map((v, k) => v - place[k]));
    state.at = nodes.reduce((best, _, n) => (gap(n) < gap(best) ? n : best), 0);
    draw();
  });
  const slider = view.slider(
    "Layers", { min: 0, max: count, step: 1, value: state.layer, format: (k) => `${k} of ${count}` },
    (k) => (pause(), show(k)));
  const play = reducedMotion() ? null : view.buttons({ "Play": toggle }, 0)[0];
  view.say(" \n \n ");
  draw();
  unpack(state.packed).then((buffer) => ((layers = layersOf(buffer, state)), draw()));
});
