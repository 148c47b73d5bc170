// The shortest vector on a line, by Lp norms; twin of unit_balls.py.

// The line through two points as w·x = c, the larger of |w1| and |w2| being 1, c not negative.
function constraint([[x0, y0], [x1, y1]]) {
  const w = [y1 - y0, x0 - x1], c = w[0] * x0 + w[1] * y0;
  const scale = Math.max(...w.map(Math.abs)) * (c < 0 ? -1 : 1);
  // Adding 0 turns -0 into 0.
  return { w: w.map((v) => v / scale + 0), c: c / scale + 0 };
}

// The x with w·x = c of smallest norm; for p ≤ 1 a corner, the first of those that tie.
function shortest({ w, c }, p) {
  const size = w.map(Math.abs);
  if (p <= 1) return size[0] >= size[1] ? [c / w[0], 0] : [0, c / w[1]];
  // The ratio of the coordinates is that of the weights to the power 1 / (p - 1).
  const raw = size.map((v, k) => Math.sign(w[k]) * (v ? v ** (1 / (p - 1)) : 0));
  const dot = raw[0] * w[0] + raw[1] * w[1];
  return raw.map((v) => (c * v) / dot + 0);
}

function norm([x, y], p) {
  const [a, b] = [Math.abs(x), Math.abs(y)], most = Math.max(a, b);
  return p === Infinity || !most ? most : most * ((a / most) ** p + (b / most) ** p) ** (1 / p);
}

// Points round the ball of that radius.
const ball = (p, radius) => Array.from({ length: 201 }, (_, k) => {
  const t = (k * Math.PI) / 100;
  if (p === Infinity) {
    const most = Math.max(Math.abs(Math.cos(t)), Math.abs(Math.sin(t)));
    return [(radius * Math.cos(t)) / most, (radius * Math.sin(t)) / most];
  }
  const power = (v) => radius * Math.sign(v) * Math.abs(v) ** (2 / p);
  return [power(Math.abs(Math.cos(t)) < 1e-9 ? 0 : Math.cos(t)),
          power(Math.abs(Math.sin(t)) < 1e-9 ? 0 : Math.sin(t))];
});

// The slider's place of p: 0.5 at 0, 1 in the middle, 2 at three quarters, infinity at 120.
const placeOf = (p) => 120 - 60 / p;
const powerAt = (place) => 60 / (120 - place);

explorable("unit_balls", (view, state) => {
  const plane = view.panel(0), curve = view.panel(1);
  const words = (p) => (p === Infinity ? "∞" : String(+p.toFixed(2)));
  const pair = (x) => `(${x.map((v) => v.toFixed(2)).join(", ")})`.replaceAll("-", "−");
  let p = state.p === null ? Infinity : state.p;

  function draw() {
    const line = constraint(state.line), { w, c } = line, x = shortest(line, p);
    const unit = Math.hypot(...w), foot = w.map((v) => (v * c) / unit ** 2);
    const along = (t) => [foot[0] - (t * w[1]) / unit, foot[1] + (t * w[0]) / unit];
    plane.line("line", [along(-9), along(9)]);
    plane.line("unit", ball(p, 1));
    plane.line("ball", ball(p, norm(x, p)));
    const dot = (panel, name, [u, v]) => panel.draw(name, `M${panel.X(u)},${panel.Y(v)}h0`);
    dot(plane, "l1", shortest(line, 1));
    dot(plane, "l2", shortest(line, 2));
    const [u, v] = [plane.X(x[0]), plane.Y(x[1])];
    plane.draw("lp", `M${u - 8},${v}a8,8 0 1,0 16,0a8,8 0 1,0 -16,0`);
    const path = Array.from({ length: 121 }, (_, k) => [k, shortest(line, powerAt(k))]);
    for (const k of [0, 1]) {
      curve.line(`x${k + 1}`, path.map(([place, y]) => [place, y[k]]));
      dot(curve, `at${k + 1}`, [placeOf(p), x[k]]);
      grips[k].set(...state.line[k]);
    }
    curve.line("now", [[placeOf(p), curve.range[2]], [placeOf(p), curve.range[3]]]);
    const of = (power) => {
      const y = shortest(line, power);
      return `${pair(y)}, norm ${norm(y, power).toFixed(2)}`;
    };
    const tie = c && Math.abs(Math.abs(w[0]) - Math.abs(w[1])) < 1e-9;
    const many = p <= 1 && tie ? ", not the only one" : "";
    const terms = w.map((v, k) => `${Math.abs(v).toFixed(2)} x${"₁₂"[k]}`);
    view.say([
      `Line: ${w[0] < 0 ? "−" : ""}${terms[0]} ${w[1] < 0 ? "−" : "+"} ${terms[1]} = ${c.toFixed(2)}`,
      `L1: ${of(1)}${tie ? "; the whole edge is as short" : ""}`,
      `L2: ${of(2)}`,
      `Lp with p = ${words(p)}: ${of(p)}${many}`,
    ].join("\n"));
  }

  const move = (k) => (x, y) => {
    const to = [snap(x, 0.1, state.limit[0]), snap(y, 0.1, state.limit[1])];
    const other = state.line[1 - k];
    if (Math.hypot(to[0] - other[0], to[1] - other[1]) < 0.45) return;
    state.line[k] = to;
    draw();
  };
  const grips = ["left", "right"].map((name, k) => handle(plane, `grip${k + 1}`, {
    label: `The ${name} grip of the line`, value: state.line[k], moved: move(k),
  }));
  view.slider(
    "Power p", { min: 0, max: 120, step: 1, value: Math.round(placeOf(p)), format: (k) => `p = ${words(powerAt(k))}` },
    (place) => ((p = powerAt(place)), draw()));
  draw();
});
