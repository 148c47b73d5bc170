// A vote of the k nearest points, and what k does to its errors; twin of nearest_neighbours.py.

// For each odd k how many points their k nearest outvote: with themselves among these, and left out.
function errorsByNeighbours(points, p) {
  const ks = points.map((_, n) => n + 1).filter((k) => k % 2 && k < points.length);
  const rows = ks.map((k) => [k, 0, 0]);
  points.forEach(({ x, y, label }, self) => {
    const others = points.filter((_, n) => n !== self);
    [[label], []].forEach((own, column) => {
      const votes = [...own, ...nearestFirst(others, x, y, p).map(({ point }) => point.label)];
      let ones = 0;
      votes.forEach((vote, n) => {
        ones += vote;
        const row = rows[n / 2];
        if (row) row[1 + column] += ones > (n + 1) / 2 !== label > 0.5;
      });
    });
  });
  return rows;
}

explorable("nearest_neighbours", (view, state) => {
  const plane = view.panel(0), chart = view.panel(1), wash = washOver(view, plane);
  const points = pointsOf(state), { X, Y } = plane;
  let rows;
  for (const k of [0, 1]) plane.draw(`class${k}`, marks(points.filter((p) => p.label === k), k, plane));

  // The places as far from the query as the last neighbour.
  function ball([x, y], r) {
    const corner = { 1: [[r, 0], [0, r], [-r, 0], [0, -r]], inf: [[r, r], [-r, r], [-r, -r], [r, -r]] }[state.metric];
    const round = Array.from({ length: 60 }, (_, n) => [r * Math.cos((n * Math.PI) / 30), r * Math.sin((n * Math.PI) / 30)]);
    const outline = (corner || round).map(([u, v]) => [X(x + u), Y(y + v)]);
    return `${polyline(outline)}z`;
  }

  function drawQuery() {
    const [x, y] = state.query, { k, metric } = state;
    const near = nearestFirst(points, x, y, metric).slice(0, k), last = near.at(-1).d;
    plane.draw("links", near.map(({ point }) => polyline([[X(x), Y(y)], [X(point.x), Y(point.y)]])).join(""));
    plane.draw("ball", ball(state.query, metric === "2" ? Math.sqrt(last) : last));
    query.set(x, y);
    const ones = near.filter(({ point }) => point.label).length, [, train, out] = rows[(k - 1) / 2];
    const who = k === 1 ? "nearest point" : k + " nearest points";
    view.say(
      `The ${who} of the query: ${k - ones} of class 0, ${ones} of class 1, ` +
      `hence class ${+(ones > k / 2)}.\nOf the ${points.length} points ${train} are wrong with themselves among their neighbours, ` +
      `${out} when left out.`);
  }

  function draw() {
    rows = errorsByNeighbours(points, state.metric);
    const shares = neighbourShares(points, state.k, GRID, state.metric);
    wash(shares);
    plane.draw("boundary", levelLine(shares, plane, 0.5));
    plane.part("title").textContent = `The vote of ${state.k}`;
    chart.line("train", rows.map(([k, train]) => [k, train]));
    chart.line("left-out", rows.map(([k, , out]) => [k, out]));
    chart.line("now", [[state.k, chart.range[2]], [state.k, chart.range[3]]]);
    drawQuery();
  }

  const query = handle(plane, "query", {
    label: "The query", value: state.query,
    moved: (x, y) => ((state.query = [snap(x, 0.05, 1.9), snap(y, 0.05, 1.15)]), drawQuery()),
    step: 0.05, describe: (x, y) => `${x.toFixed(2)}, ${y.toFixed(2)}`,
  });
  view.slider(
    "Neighbours k", { min: 1, max: chart.range[1] - 1, step: 2, value: state.k },
    (k) => ((state.k = k), draw()));
  view.choice("Distance", state.metrics, state.metric, (metric) => ((state.metric = metric), draw()));
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-theme", "theme"] });
  draw();
});
