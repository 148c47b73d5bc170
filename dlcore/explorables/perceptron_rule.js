// The perceptron's line, moved by one wrong point after the other; twin of perceptron_rule.py.

const MOST = 100;

const side = ([u, v, b], { x, y, label }) => (2 * label - 1) * (u * x + v * y + b);

// Visits the points in turn; {point, w} for every update, the bias last, and whether it has come
// to rest.
function updates(points) {
  const history = [];
  let w = [0, 0, 0], quiet = 0;
  for (let n = 0; quiet < points.length && history.length < MOST; n = (n + 1) % points.length) {
    const point = points[n], sign = 2 * point.label - 1;
    quiet++;
    if (side(w, point) > 0) continue;
    w = [w[0] + sign * point.x, w[1] + sign * point.y, w[2] + sign];
    history.push({ point: n, w });
    quiet = 0;
  }
  return { history, rests: quiet === points.length };
}

explorable("perceptron_rule", (view, state) => {
  const plane = view.panel(0), chart = view.panel(1), { X, Y } = plane;
  let points = pointsOf(state.data[state.set]), run = updates(points), t = state.shown;

  function drawLine([u, v, b]) {
    const size = Math.hypot(u, v), foot = [-b * u / size ** 2, -b * v / size ** 2];
    const along = (s) => [foot[0] + (s * v) / size, foot[1] - (s * u) / size];
    plane.line("line", size ? [along(-9), along(9)] : []);
    const tip = [foot[0] + (0.4 * u) / size, foot[1] + (0.4 * v) / size];
    plane.draw("weights", size ? arrows(plane, [tip], foot) : "");
  }

  function draw() {
    const { history, rests } = run;
    t = Math.min(t, history.length);
    const weights = [[0, 0, 0], ...history.map(({ w }) => w)];
    const counts = weights.map((w) => points.filter((p) => side(w, p) <= 0).length);
    const mover = t ? points[history[t - 1].point] : null;
    drawLine(weights[t]);
    for (const k of [0, 1]) plane.draw(`class${k}`, marks(points.filter((p) => p.label === k), k, plane));
    plane.draw("mover", mover ? `M${X(mover.x) - 8},${Y(mover.y)}a8,8 0 1,0 16,0a8,8 0 1,0 -16,0` : "");
    chart.line("wrong", counts.map((count, k) => [k, count]));
    chart.dot("now", [t, counts[t]]);
    slider.set(t);
    const number = (v) => v.toFixed(2).replace("-", "−");
    const who = mover ? `, the last by the ${["disc", "triangle"][mover.label]} at ${number(mover.x)}, ${number(mover.y)}` : "";
    view.say(
      `${t} ${t === 1 ? "update" : "updates"}${who}; weights ${weights[t].slice(0, 2).map(number).join(" and ")}, ` +
      `bias ${number(weights[t][2])}.\n${counts[t]} of ${points.length} points on the wrong side. ` +
      (rests ? `The line comes to rest after ${history.length}.` : `No rest within ${MOST} updates.`));
  }

  const go = (to) => () => ((t = Math.max(0, to())), draw());
  const changed = () => ((run = updates(points)), draw());
  view.buttons({
    "Next update": go(() => t + 1),
    "To the end": go(() => MOST),
    "Start over": go(() => 0),
  }, 0);
  const slider = view.slider("Update", { min: 0, max: MOST, step: 1, value: t }, (k) => go(() => k)());
  view.choice("Data", state.names, state.set, (set) => {
    Object.assign(state, { set });
    points = pointsOf(state.data[set]);
    t = 0;
    changed();
  });
  plane.part("title").textContent = "Drag the points, click to add one";
  editPoints(view, plane, () => points, { limit: [1.9, 1.15], changed });
  draw();
});
