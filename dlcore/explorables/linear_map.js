// A 2×2 matrix [a b; c d] acting on the plane; twin of linear_map.py.

// Singular values, the angle of the first right and left singular vector, and whether the second
// left one is turned over: A z = p z + q z̄ with complex p, q stretches most where both agree.
function singular([a, b, c, d]) {
  const p = [(a + d) / 2, (c - b) / 2], q = [(a - d) / 2, (c + b) / 2];
  const sum = Math.hypot(...p) + Math.hypot(...q), det = a * d - b * c;
  const turn = Math.atan2(p[1], p[0]), flip = Math.atan2(q[1], q[0]);
  return {
    values: [sum, sum && Math.abs(det) / sum], v: (flip - turn) / 2, u: (flip + turn) / 2,
    side: det < 0 ? -1 : 1,
  };
}

// Real eigenvalues in descending order, the angles of the directions they keep ("all" if every
// one), or the complex pair's real and imaginary part.
function eigen([a, b, c, d]) {
  const half = (a + d) / 2, square = ((a - d) / 2) ** 2 + b * c;
  const root = Math.abs(square) < 1e-9 ? 0 : Math.sqrt(Math.abs(square));
  if (square < 0 && root) return { real: half, imaginary: root };
  const values = root ? [half + root, half - root] : [half];
  if (!root && Math.hypot(a - d, b, c) < 1e-9) return { values, angles: "all" };
  const angles = values.map((v) => {
    const [x, y] = Math.hypot(b, v - a) > Math.hypot(v - d, c) ? [b, v - a] : [v - d, c];
    return Math.atan2(y, x);
  });
  return { values, angles };
}

// What is said of the matrix, a line a fact.
function facts(A) {
  const [a, b, c, d] = A, det = a * d - b * c, near = (v) => (Math.abs(v) < 5e-3 ? 0 : v);
  const f = (v) => near(v).toFixed(2).replace("-", "−");
  const [most, least] = singular(A).values, { values, angles, real, imaginary } = eigen(A);
  const directions = { 1: "one direction is kept", 2: "two directions are kept" };
  const kept = angles === "all" ? "every direction is kept" : directions[values && values.length];
  const side = near(det) ? `orientation ${det < 0 ? "reversed" : "kept"}` : "the plane collapses";
  return [
    `Determinant ${f(det)}: areas × ${f(Math.abs(det))}, ${side}`,
    `Singular values ${f(most)} and ${f(least)}: lengths × ${f(least)} to ${f(most)}`,
    values
      ? `Eigenvalues ${f(values[0])} and ${f(values.at(-1))}: ${kept}`
      : `Eigenvalues ${f(real)} ± ${f(imaginary)} i: no direction is kept`,
  ];
}

const GRID_REACH = 12;

explorable("linear_map", (view, state) => {
  const before = view.panel(0), after = view.panel(1), limit = state.limit;
  const circle = Array.from({ length: 97 }, (_, k) => (k * Math.PI) / 48);
  const unit = (t, r = 1) => [r * Math.cos(t), r * Math.sin(t)];
  const far = (t) => [unit(t, -9), unit(t, 9)];
  let shown = state.matrix, stop = null;

  function draw() {
    const [a, b, c, d] = shown, det = a * d - b * c;
    const map = ([x, y]) => [a * x + b * y, c * x + d * y];
    const { X, Y } = after, lines = [];
    const segment = (...ends) =>
      lines.push(polyline(ends.map(map).map(([x, y]) => [X(x), Y(y)])));
    for (let k = -GRID_REACH; k <= GRID_REACH; k++) {
      segment([k, -GRID_REACH], [k, GRID_REACH]);
      segment([-GRID_REACH, k], [GRID_REACH, k]);
    }
    after.draw("grid", lines.join(""));
    const square = [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]].map(map);
    after.line("kept", det > 0 ? square : []);
    after.line("reversed", det < 0 ? square : []);
    after.line("circle", circle.map((t) => map(unit(t))));
    const { v, u, values, side } = singular(shown), quarter = Math.PI / 2;
    const axes = (panel, ends) => panel.draw("singular", state.singular ? arrows(panel, ends) : "");
    axes(before, [unit(v), unit(v + quarter)]);
    axes(after, [unit(u, values[0]), unit(u + side * quarter, values[1])]);
    const { angles } = eigen(shown), straight = Array.isArray(angles) ? angles : [];
    for (const panel of [before, after]) {
      const path = straight.map(far).map((ends) => polyline(ends.map(([x, y]) => [panel.X(x), panel.Y(y)])));
      panel.draw("eigen", state.eigen ? path.join("") : "");
    }
    [[a, c], [b, d]].forEach(([x, y], k) => {
      after.draw(`column${k + 1}`, arrows(after, [[x, y]]));
      const far = 1 + 0.36 / Math.hypot(x, y);
      after.place(`name${k + 1}`, x || y ? [far * x, far * y] : [0.4, 0.2 - 0.4 * k]);
      handles[k].set(x, y);
    });
    const pair = (x, y) => `(${x.toFixed(1)}, ${y.toFixed(1)})`.replaceAll("-", "−");
    after.part("title").textContent = `After A with columns ${pair(a, c)} and ${pair(b, d)}`;
    const x = unit(state.angle), Ax = map(x);
    before.draw("x", arrows(before, [x]));
    after.draw("x", arrows(after, [Ax]));
    tip.set(...x);
    view.say([...facts(shown), `x of length 1 becomes A x of length ${Math.hypot(...Ax).toFixed(2)}`].join("\n"));
  }

  function go(matrix) {
    const start = shown, from = performance.now();
    if (stop) stop();
    state.matrix = matrix;
    const frame = () => {
      const t = Math.min(1, (performance.now() - from) / 500), s = t * t * (3 - 2 * t);
      shown = matrix.map((v, k) => (t < 1 ? (1 - s) * start[k] + s * v : v));
      draw();
      return t < 1;
    };
    if (!reducedMotion()) stop = view.animate(frame);
    else (shown = matrix), draw();
  }

  const column = (k) => (x, y) => {
    if (stop) stop();
    shown = state.matrix = [...state.matrix];
    [shown[k], shown[k + 2]] = [snap(x, 0.1, limit), snap(y, 0.1, limit)];
    presets.set("");
    draw();
  };
  const handles = [0, 1].map((k) => handle(after, `handle${k + 1}`, {
    label: `Image of the basis vector e${k + 1}`, moved: column(k),
    value: [state.matrix[k], state.matrix[k + 2]],
  }));
  const tip = handle(before, "tip", {
    label: "The vector x on the unit circle", value: unit(state.angle), step: 0.05,
    moved: (x, y) => ((state.angle = Math.atan2(y, x)), draw()),
    turned: (by) => ((state.angle += by), draw()),
    describe: (x, y) => `${Math.round((Math.atan2(y, x) * 180) / Math.PI)} degrees`,
  });
  const presets = view.choice("Matrix", state.names, state.preset, (key) => go(state.presets[key]));
  view.toggle("Singular vectors", state.singular, (on) => ((state.singular = on), draw()));
  view.toggle("Kept directions (eigenvectors)", state.eigen, (on) => ((state.eigen = on), draw()));
  draw();
});
