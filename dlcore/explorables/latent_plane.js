// A decoder of two numbers, run in the page; twin of latent_plane.py.

// The layers as they travel: weights row by row, then biases, in whole multiples of step.
function layersOf(buffer, layers) {
  const numbers = new Int16Array(buffer);
  let from = 0;
  return layers.map(({ inputs, outputs, step, activation }) => {
    const take = (n) => Float64Array.from(numbers.subarray(from, (from += n)), (v) => v * step);
    return { weight: take(inputs * outputs), bias: take(outputs), activation: ACTIVATIONS[activation][0] };
  });
}

const decoded = (layers, code) => layers.reduce((h, { weight, bias, activation }) => bias.map((b, i) => {
  let sum = b;
  for (let j = 0; j < h.length; j++) sum += weight[i * h.length + j] * h[j];
  return activation(sum);
}), code);

// Places in equal steps from one code to another.
const way = (start, end, steps) => Array.from({ length: steps + 1 }, (_, k) =>
  start.map((v, axis) => v + (k / steps) * (end[axis] - v)));

const distance = (a, b) => Math.sqrt(a.reduce((sum, v, n) => sum + (b[n] - v) ** 2, 0));

// How far the picture moves from each place to the next, per unit of the way.
const pace = (places, pictures) => places.slice(1).map((place, k) =>
  distance(pictures[k], pictures[k + 1]) / Math.max(distance(place, places[k]), 1e-12));

// Classes of the nearest codes of a place, the nearest first.
function nearestLabels({ codes, labels, neighbours }, [x, y]) {
  const squares = labels.map((_, k) => (codes[2 * k] / 100 - x) ** 2 + (codes[2 * k + 1] / 100 - y) ** 2);
  return [...labels.keys()].sort((a, b) => squares[a] - squares[b]).slice(0, neighbours).map((k) => labels[k]);
}

function classAround(state, place) {
  const near = nearestLabels(state, place), count = (k) => near.filter((other) => other === k).length;
  return near.reduce((best, k) => (count(k) > count(best) ? k : best));
}

explorable("latent_plane", (view, state) => {
  const plane = view.panel(0), tiles = view.panel(1), picture = view.panel(2), chart = view.panel(3);
  const { side, steps, limit } = state, ends = { start: state.start, end: state.end };
  const canvas = element("canvas", { width: side, height: side }), context = canvas.getContext("2d");
  const number = (v) => (Math.abs(v) < 0.005 ? "0.00" : v.toFixed(2).replace("-", "−"));
  const pair = (place) => place.map(number).join(", ");
  const unpacked = unpack(state.packed).then((buffer) => layersOf(buffer, state.layers));
  for (const [panel, name] of [[tiles, "tiles"], [picture, "picture"]])
    dress(panel.part(name), { style: "image-rendering:pixelated" });
  let shown = state.shown;

  function paint(values) {
    const pixels = context.createImageData(side, side);
    values.forEach((v, n) => {
      const grey = 255 * (1 - v);
      pixels.data.set([grey, grey, grey, 255], 4 * n);
    });
    context.putImageData(pixels, 0, 0);
    dress(picture.part("picture"), { href: canvas.toDataURL() });
  }

  async function draw() {
    const layers = await unpacked, places = way(ends.start, ends.end, steps), here = places[shown];
    for (const panel of [plane, tiles]) {
      panel.line("way", [ends.start, ends.end]);
      panel.dot("here", here);
    }
    const pictures = places.map((place) => decoded(layers, place)), t = places.map((_, k) => k / steps);
    const apart = distance(pictures[0], pictures[steps]), each = pace(places, pictures);
    chart.line("from-start", pictures.map((p, k) => [t[k], distance(p, pictures[0])]));
    chart.line("from-end", pictures.map((p, k) => [t[k], distance(p, pictures[steps])]));
    chart.line("mixed-start", [[0, 0], [1, apart]]);
    chart.line("mixed-end", [[0, apart], [1, 0]]);
    chart.line("now", [[t[shown], 0], [t[shown], chart.range[3]]]);
    paint(pictures[shown]);
    const title = `The picture at ${pair(here)}`;
    picture.part("title").textContent = title;
    dress(picture.svg, { "aria-label": title });
    const near = nearestLabels(state, here), passed = places.map((place) => classAround(state, place));
    const classes = passed.filter((k, n) => passed.indexOf(k) === n);
    view.say([
      `At ${pair(here)}, ${Math.round(100 * t[shown])} % of the way: the ${near.length} nearest codes are of class ${near.join(", ")}.`,
      `On the whole way the commonest class of the ${near.length} nearest codes is ${classes.join(", then ")}.`,
      `The pictures at its ends are ${number(apart)} apart; the picture moves by ${number(Math.min(...each))} to ${number(Math.max(...each))} per unit of the way.`,
    ].join("\n"));
  }

  const labels = { start: "Start of the way", end: "End of the way" };
  for (const name of ["start", "end"]) {
    const knob = handle(plane, name, {
      label: labels[name], value: ends[name], step: 0.1,
      moved: (x, y) => {
        ends[name] = [snap(x, 0.05, limit[0]), snap(y, 0.05, limit[1])];
        knob.set(...ends[name]);
        shown = name === "start" ? 0 : steps;
        count.set(shown);
        draw();
      },
      describe: (x, y) => pair([x, y]),
    });
  }
  const count = view.slider(
    "Along the way", { min: 0, max: steps, step: 1, value: shown, format: (k) => `${Math.round((100 * k) / steps)} %` },
    (k) => ((shown = k), draw()));
  draw();
});
