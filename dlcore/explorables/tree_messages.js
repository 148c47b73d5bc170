// Messages on a tree of yes-or-no variables; twin of tree_messages.py.
// Variables are 0 to n − 1, factors follow; a message is [of state 0, of state 1] with sum 1.

const normalized = ([a, b]) => [a / (a + b), b / (a + b)];
const times = (a, b) => [a[0] * b[0], a[1] * b[1]];

function around({ names, scopes }, node) {
  const n = names.length;
  if (node >= n) return scopes[node - n];
  return [...scopes.keys()].filter((k) => scopes[k].includes(node)).map((k) => n + k);
}

// One for each factor: of a pair [[equal, unequal], [unequal, equal]], of one variable its evidence.
const tablesOf = ({ scopes }, agreement, evidence) => {
  const pairs = scopes.length - evidence.length;
  return scopes.map((_, k) => (k < pairs
    ? [[agreement, 1 - agreement], [1 - agreement, agreement]]
    : [1 - evidence[k - pairs], evidence[k - pairs]]));
};

// The first messages in order, by "source target"; an echo also tells what the target said itself.
function messages(tree, tables, echo, count = tree.order.length) {
  const sent = {}, n = tree.names.length;
  for (const [source, target] of tree.order.slice(0, count)) {
    const told = (u) => ((echo || u !== target) && sent[`${u} ${source}`]) || [1, 1];
    let message = [1, 1];
    if (source < n) message = around(tree, source).map(told).reduce(times);
    else {
      const scope = tree.scopes[source - n], table = tables[source - n];
      if (scope.length === 1) message = times(table, told(target));
      else {
        const other = told(scope.find((v) => v !== target)), own = told(target);
        message = [0, 1].map((s) => own[s] * (table[s][0] * other[0] + table[s][1] * other[1]));
      }
    }
    sent[`${source} ${target}`] = normalized(message);
  }
  return sent;
}

// The probability of state 1 of each variable by the messages that it got.
const beliefs = (tree, sent) => tree.names.map((_, v) =>
  normalized(around(tree, v).map((u) => sent[`${u} ${v}`] || [1, 1]).reduce(times))[1]);

explorable("tree_messages", (view, state) => {
  const graph = view.panel(0), bars = view.panel(1), { names, order, spots, spoken, words } = state;
  const [radius, square, beside] = state.sizes, [least, most, leastAgreement] = state.limits, n = names.length;
  const size = (node) => (node < n ? radius : square), fixed = (v) => v.toFixed(1);
  let shown = order.length, echo = false, stop = null;

  function ring([x, y], whole) {
    const share = Math.min(whole, 0.99), a = 2 * Math.PI * share;
    const end = [x + radius * Math.sin(a), y - radius * Math.cos(a)].map(fixed).join();
    return `M${fixed(x)},${fixed(y - radius)}A${radius},${radius} 0 ${+(share > 0.5)} 1 ${end}`;
  }

  function arrow([source, target]) {
    const [from, to] = [spots[source], spots[target]], dx = to[0] - from[0], dy = to[1] - from[1];
    const length = Math.hypot(dx, dy), u = dx / length, v = dy / length;
    const near = (end, by) => [end[0] + by * u - beside * v, end[1] + by * v + beside * u];
    const tail = near(from, size(source) + 2), tip = near(to, -size(target) - 2);
    const side = (s) => [tip[0] - 5 * u + s * 4 * v, tip[1] - 5 * v - s * 4 * u];
    return polyline([tail, tip]) + polyline([side(1), tip, side(-1)]);
  }

  function draw() {
    const tables = tablesOf(state, state.agreement, state.evidence);
    const sent = messages(state, tables, echo, shown), held = beliefs(state, sent);
    const exact = beliefs(state, messages(state, tables, false)), arrows = order.slice(0, shown).map(arrow);
    graph.draw("sent", arrows.slice(0, -1).join(""));
    graph.draw("now", arrows.at(-1) || "");
    graph.draw("beliefs", held.map((p, v) => ring(spots[v], p)).join(""));
    bars.draw("held", held.map((p, k) => `M${fixed(bars.X(k))},${fixed(bars.Y(p))}h0`).join(""));
    bars.draw("exact", exact.map((p, k) => `M${fixed(bars.X(k) - 12)},${fixed(bars.Y(p))}h24`).join(""));
    const title = shown === order.length ? `All ${shown} messages` : `${shown} of ${order.length} messages`;
    graph.part("title").textContent = title;
    dress(graph.svg, { "aria-label": title });
    const last = order[shown - 1], gaps = held.map((p, v) => Math.abs(p - exact[v]));
    const right = gaps.filter((gap) => gap < 1e-9).length;
    const message = last && `Message ${shown}, from ${words[last[0]]} to ${words[last[1]]}: ${sent[last.join(" ")][1].toFixed(2)} for state 1.`;
    view.say([
      message || "No message has been sent: every belief is 0.50.",
      `Beliefs in state 1: ${held.map((p, v) => names[v] + " " + p.toFixed(2)).join(", ")}.`,
      right === n ? "All are exact." : `${right} of ${n} are exact; others are off by up to ${Math.max(...gaps).toFixed(2)}.`,
    ].join("\n"));
  }

  function pause() {
    if (stop) stop();
    stop = null;
    if (play) play.textContent = "Play";
  }
  function show(k) {
    shown = Math.max(0, Math.min(order.length, k));
    count.set(shown);
    draw();
  }
  function toggle() {
    if (stop) return pause();
    play.textContent = "Pause";
    if (shown === order.length) show(0);
    let next = performance.now() + 900;
    stop = view.animate(() => {
      if (performance.now() < next) return;
      next += 900;
      show(shown + 1);
      if (shown === order.length) pause();
    });
  }

  const moves = { "Back": () => (pause(), show(shown - 1)), "Next": () => (pause(), show(shown + 1)) };
  if (!reducedMotion()) moves["Play"] = toggle;
  const play = view.buttons(moves, 1)[2];
  const count = view.slider(
    "Messages sent", { min: 0, max: order.length, step: 1, value: shown, format: (k) => `${k} of ${order.length}` },
    (k) => (pause(), show(k)));
  spoken.forEach((name, k) => view.slider(
    `Evidence at ${name}`, { min: least, max: most, step: 0.05, value: state.evidence[k], format: (v) => `${v.toFixed(2)} for state 1` },
    (v) => ((state.evidence[k] = v), draw())));
  view.slider(
    "Agreement", { min: leastAgreement, max: most, step: 0.05, value: state.agreement, format: (v) => v.toFixed(2) },
    (v) => ((state.agreement = v), draw()));
  view.toggle("Echo what the neighbour has said", echo, (on) => ((echo = on), draw()));
  draw();
});
