// Belief propagation on small graphs with cycles; twin of loopy_beliefs.py.
// A message is a field: what a node is told of its own; way [i, j] is from node i to node j.

const logistic = (x) => 1 / (1 + Math.exp(-x));
const sum = (values) => values.reduce((a, b) => a + b, 0);

// {beliefs: of every node before and after each sweep, changes: of each sweep, logZ: at the end}.
function propagate({ edges, fields }, coupling, damping, sweeps) {
  const ways = [...edges, ...edges.map(([i, j]) => [j, i])], half = edges.length;
  const back = (w) => (w < half ? w + half : w - half);
  let own = fields.map(() => 0), told = ways.map(() => 0);
  const totals = () => fields.map((_, i) => own[i] + sum(told.filter((_, w) => ways[w][1] === i)));
  const beliefs = [fields.map(() => 0.5)], changes = [];
  for (let t = 0; t < sweeps; t++) {
    const total = totals(), keep = (fresh, old) => (1 - damping) * fresh + damping * old;
    const after = ways.map(([i], w) => keep(
      Math.atanh(Math.tanh(coupling) * Math.tanh(total[i] - told[back(w)])), told[w]));
    const mine = fields.map((h, i) => keep(h, own[i]));
    const moved = (now, then) => now.map((v, k) => Math.abs(logistic(2 * v) - logistic(2 * then[k])));
    changes.push(Math.max(...moved(mine, own), ...moved(after, told)));
    own = mine;
    told = after;
    beliefs.push(totals().map((v) => logistic(2 * v)));
  }
  const total = totals(), pairs = edges.map(([i, j], w) => {
    const a = total[i] - told[back(w)], b = total[j] - told[w];
    return Math.log(2 * Math.exp(coupling) * Math.cosh(a + b) + 2 * Math.exp(-coupling) * Math.cosh(a - b));
  });
  const singles = total.map((v, i) => (1 - edges.filter((e) => e.includes(i)).length) * Math.log(2 * Math.cosh(v)));
  return { beliefs, changes, logZ: sum(pairs) + sum(singles) };
}

// The probability of +1 of every node, and log Z, by summing over all states.
function enumerated({ edges, fields }, coupling) {
  const up = fields.map(() => 0), n = fields.length;
  let total = 0;
  for (let state = 0; state < 1 << n; state++) {
    const s = (i) => 1 - 2 * ((state >> i) & 1);
    const score = sum(fields.map((h, i) => h * s(i))) + coupling * sum(edges.map(([i, j]) => s(i) * s(j)));
    const weight = Math.exp(score);
    total += weight;
    for (let i = 0; i < n; i++) up[i] += s(i) > 0 ? weight : 0;
  }
  return { exact: up.map((v) => v / total), logZ: Math.log(total) };
}

// The first sweep that changed no message by more than the tolerance; 0 if there is none.
const settledAt = (changes, tolerance) => changes.findIndex((change) => change <= tolerance) + 1;

explorable("loopy_beliefs", (view, state) => {
  const [picture, bars, line, trace] = [0, 1, 2, 3].map((k) => view.panel(k)), { radius, sweeps } = state;
  const fixed = (v) => v.toFixed(1), signed = (v) => v.toFixed(1).replace("-", "−");
  let shown = sweeps, stop = null, course, truth;

  const ring = ([x, y], share) => {
    const a = 2 * Math.PI * Math.min(share, 0.99);
    const end = [x + radius * Math.sin(a), y - radius * Math.cos(a)].map(fixed).join();
    return `M${fixed(x)},${fixed(y - radius)}A${radius},${radius} 0 ${+(share > 0.5)} 1 ${end}`;
  };
  const edge = ([x0, y0], [x1, y1]) => {
    const cut = radius / Math.hypot(x1 - x0, y1 - y0), u = cut * (x1 - x0), v = cut * (y1 - y0);
    return polyline([[x0 + u, y0 + v], [x1 - u, y1 - v]]);
  };
  const name = (panel, places) => {
    for (let k = 0; k < state.most; k++) {
      panel.part(`name${k}`).textContent = k < places.length ? k : "";
      panel.place(`name${k}`, places[k] || [0, 0]);
    }
  };

  function run() {
    const graph = state.graphs[state.graph], { X, Y } = picture;
    course = propagate(graph, state.coupling, state.damping, sweeps);
    truth = enumerated(graph, state.coupling);
    const spots = graph.places.map(([x, y]) => [X(x), Y(y)]), n = spots.length;
    const across = (k) => (k + 0.5) / n;
    picture.draw("edges", graph.edges.map(([i, j]) => edge(spots[i], spots[j])).join(""));
    picture.draw("nodes", spots.map((spot) => ring(spot, 0.99)).join(""));
    name(picture, graph.places);
    name(bars, spots.map((_, k) => [across(k), -0.06]));
    bars.draw("exact", truth.exact.map((p, k) => `M${fixed(bars.X(across(k)) - 10)},${fixed(bars.Y(p))}h20`).join(""));
    line.line("aim", [[0, truth.exact[0]], [sweeps, truth.exact[0]]]);
    line.line("course", course.beliefs.map((held, t) => [t, held[0]]));
    trace.line("changes", course.changes.map((change, t) => [t + 1, Math.log10(Math.max(change, 1e-12))]));
    const title = state.names[state.graph];
    picture.part("title").textContent = title;
    dress(picture.svg, { "aria-label": title });
    draw();
  }

  function draw() {
    const { places } = state.graphs[state.graph], held = course.beliefs[shown], n = held.length;
    const { exact } = truth, last = settledAt(course.changes, state.settled);
    picture.draw("beliefs", held.map((p, k) => ring([picture.X(places[k][0]), picture.Y(places[k][1])], p)).join(""));
    bars.draw("held", held.map((p, k) => `M${fixed(bars.X((k + 0.5) / n))},${fixed(bars.Y(p))}h0`).join(""));
    line.dot("course-now", [shown, held[0]]);
    const change = shown ? course.changes[shown - 1] : 1;
    trace.dot("changes-now", [shown, Math.max(Math.log10(Math.max(change, 1e-12)), state.lowest)]);
    const off = held.map((p, k) => Math.abs(p - exact[k])), most = Math.max(...off), worst = off.indexOf(most);
    const surer = held.filter((p, k) => Math.abs(p - 0.5) > Math.abs(exact[k] - 0.5) + 1e-6).length;
    const largest = Math.max(...course.changes.slice(-10));
    view.say([
      last ? `Settled after ${last} sweeps: no message changes by more than a millionth.`
        : `Does not settle in ${sweeps} sweeps: messages still change by ${largest.toPrecision(2)}.`,
      `After ${shown} node 0 believes ${held[0].toFixed(3)}, exact is ${exact[0].toFixed(3)}.`,
      most < 1e-5 ? "All beliefs are exact."
        : `The largest error is ${most.toFixed(3)}, at node ${worst}; ${surer} of ${n} beliefs are surer than they should be.`,
      `log Z is ${truth.logZ.toFixed(3)}` + (last ? `, Bethe's estimate from the messages ${course.logZ.toFixed(3)}.` : "."),
    ].join("\n"));
  }

  function pause() {
    if (stop) stop();
    stop = null;
    if (play) play.textContent = "Play";
  }
  function show(k) {
    shown = Math.max(0, Math.min(sweeps, k));
    count.set(shown);
    draw();
  }
  function toggle() {
    if (stop) return pause();
    play.textContent = "Pause";
    if (shown === sweeps) show(0);
    let frames = 0;
    stop = view.animate(() => {
      if (frames++ % 15) return;
      show(shown + 1);
      if (shown === sweeps) pause();
    });
  }

  const set = (change) => (Object.assign(state, change), run());
  view.choice("Graph", state.names, state.graph, (graph) => set({ graph }));
  const [coupled, damped] = state.limits;
  view.slider(
    "Coupling J", { min: -coupled, max: coupled, step: 0.1, value: state.coupling, format: signed },
    (coupling) => set({ coupling }));
  view.slider(
    "Damping", { min: 0, max: damped, step: 0.05, value: state.damping, format: (v) => v.toFixed(2) },
    (damping) => set({ damping }));
  const count = view.slider("Sweeps", { min: 0, max: sweeps, step: 1, value: shown }, (k) => (pause(), show(k)));
  const moves = { "From the start": () => (pause(), show(0)), "One sweep": () => (pause(), show(shown + 1)) };
  if (!reducedMotion()) moves["Play"] = toggle;
  const play = view.buttons(moves, 1)[2];
  run();
});
