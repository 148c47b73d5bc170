// Maps of the same data by t-SNE; twin of tsne_perplexity.py.

// Maps in thousandths, then the data in levels.
function mapsOf(buffer, { perplexities, labels, dimensions }) {
  const n = labels.length, numbers = new Int16Array(buffer, 0, 2 * n * perplexities.length);
  const bytes = new Uint8Array(buffer, numbers.byteLength);
  const pairs = (m) => labels.map((_, k) => [0, 1].map((axis) => numbers[2 * (m * n + k) + axis] / 1000));
  return {
    maps: perplexities.map((_, m) => pairs(m)),
    data: labels.map((_, k) => bytes.subarray(k * dimensions, (k + 1) * dimensions)),
  };
}

const distance = (a, b) => Math.sqrt(a.reduce((sum, v, k) => sum + (v - b[k]) ** 2, 0));
const distancesFrom = (points, i) => points.map((p) => distance(points[i], p));

// The k nearest others of a point, of equally near ones the first.
function nearest(points, i, k) {
  const away = distancesFrom(points, i);
  return [...away.keys()].filter((j) => j !== i).sort((a, b) => away[a] - away[b] || a - b).slice(0, k);
}

// How many of the k nearest in the data are among the k nearest on the map.
function kept(data, map, i, k) {
  const near = new Set(nearest(map, i, k));
  return nearest(data, i, k).filter((j) => near.has(j)).length;
}

explorable("tsne_perplexity", (view, state) => {
  const plane = view.panel(0), chart = view.panel(1), { perplexities, labels, classes, marks } = state;
  const loaded = unpack(state.packed).then((buffer) => mapsOf(buffer, state));
  const middle = (values) => {
    const sorted = [...values].sort((a, b) => a - b), half = (sorted.length - 1) / 2;
    return (sorted[Math.floor(half)] + sorted[Math.ceil(half)]) / 2;
  };
  const spot = ({ X, Y }, [x, y]) => `${X(x).toFixed(1)},${Y(y).toFixed(1)}`;

  async function draw() {
    const { maps, data } = await loaded, map = maps[state.at], { point } = state;
    const perplexity = perplexities[state.at], count = Math.round(perplexity);
    const near = nearest(data, point, count), set = new Set(near);
    plane.draw("star", near.map((j) => `M${spot(plane, map[point])}L${spot(plane, map[j])}`).join(""));
    classes.forEach((k, n) => {
      const places = map.filter((_, j) => labels[j] === k);
      plane.draw(`class${n}`, places.map((p) => `M${spot(plane, p)}${marks[n]}`).join(""));
      plane.place(`name${n}`, [0, 1].map((axis) => middle(places.map((p) => p[axis]))));
    });
    plane.dot("chosen", map[point]);
    const title = `The map at perplexity ${perplexity}`;
    plane.part("title").textContent = title;
    dress(plane.svg, { "aria-label": title });
    const inData = distancesFrom(data, point).map((v) => v * state.step), onMap = distancesFrom(map, point);
    const spots = (which) => which.map((j) => `M${spot(chart, [inData[j], onMap[j]])}h0`).join("");
    chart.draw("near", spots(near));
    chart.draw("far", spots([...labels.keys()].filter((j) => j !== point && !set.has(j))));
    const farthest = Math.max(...near.map((j) => onMap[j])) / Math.max(...onMap);
    view.say([
      `Perplexity ${perplexity}: of the ${state.nearest} nearest of each point in the data, ${Math.round(100 * state.kept[state.at])} % are among the ${state.nearest} nearest on the map.`,
      `Point ${point + 1}, of class ${labels[point]}: ${kept(data, map, point, count)} of its ${count} nearest are among the ${count} nearest on the map; the farthest of them is drawn at ${Math.round(100 * farthest)} % of the largest distance.`,
    ].join("\n"));
  }

  view.slider(
    "Perplexity", { min: 0, max: perplexities.length - 1, step: 1, value: state.at, format: (k) => String(perplexities[k]) },
    (at) => ((state.at = at), draw()));
  const chosen = view.slider(
    "Chosen point", { min: 0, max: labels.length - 1, step: 1, value: state.point, format: (k) => `${k + 1}, class ${labels[k]}` },
    (k) => ((state.point = k), draw()));
  drag(plane, async (at) => {
    const { maps } = await loaded, away = maps[state.at].map((p) => distance(p, at));
    state.point = away.indexOf(Math.min(...away));
    chosen.set(state.point);
    draw();
  });
  draw();
});
