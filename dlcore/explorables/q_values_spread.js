// Q-learning in a grid world; twin of q_values_spread.py.

const MOVES = [[-1, 0], [0, 1], [1, 0], [0, -1]], NAMES = ["up", "right", "down", "left"];
const [BASE, INNER, LENGTH] = [0.17, 0.09, 0.36];

function worldOf(rows) {
  const cells = rows.join(""), columns = rows[0].length, pays = { G: 1, P: -1 };
  const next = [...cells].map((_, s) => MOVES.map(([down, right]) => {
    const r = Math.floor(s / columns) + down, c = (s % columns) + right;
    return rows[r] && rows[r][c] && rows[r][c] !== "#" ? r * columns + c : s;
  }));
  const reward = next.map((each) => each.map((to) => pays[cells[to]] || 0));
  return { next, reward, ended: [...cells].map((cell) => cell in pays), start: cells.indexOf("S"), cells, columns };
}

const blank = (world) => world.next.map(() => [0, 0, 0, 0]);
const copied = (q) => q.map((row) => [...row]);

// One step of Q-learning; returns what it aimed at.
function update(q, world, s, a, rate, discount) {
  const to = world.next[s][a];
  const target = world.reward[s][a] + (world.ended[to] ? 0 : discount * Math.max(...q[to]));
  q[s][a] += rate * (target - q[s][a]);
  return target;
}

// Each episode: the values before it, and the cells and actions of its steps.
function learn(world, { rate, discount, exploration, seed, episodes, cap }) {
  const q = blank(world), numbers = uniforms(seed, 2 * episodes * cap), done = [];
  let drawn = 0;
  for (let e = 0; e < episodes; e++) {
    const episode = { before: copied(q), steps: [] };
    let s = world.start;
    while (!world.ended[s] && episode.steps.length < cap) {
      const random = numbers[drawn++] < exploration, which = numbers[drawn++], top = Math.max(...q[s]);
      const best = [0, 1, 2, 3].filter((a) => random || q[s][a] === top);
      const a = best[Math.floor(which * best.length)];
      update(q, world, s, a, rate, discount);
      episode.steps.push([s, a]);
      s = world.next[s][a];
    }
    done.push(episode);
  }
  return done;
}

function greedyPath(q, world) {
  const path = [world.start];
  while (!world.ended[path.at(-1)] && q[path.at(-1)].some((v) => v)) {
    const row = q[path.at(-1)], to = world.next[path.at(-1)][row.indexOf(Math.max(...row))];
    path.push(to);
    if (path.indexOf(to) < path.length - 1) break;
  }
  return path;
}

// By value iteration, as many sweeps as cells.
function bestValues(world, discount) {
  let values = world.next.map(() => 0);
  const worth = (to) => (world.ended[to] ? 0 : values[to]);
  for (let sweep = 0; sweep < world.next.length; sweep++)
    values = values.map((_, s) => world.ended[s] ? 0 :
      Math.max(...world.next[s].map((to, a) => world.reward[s][a] + discount * worth(to))));
  return values;
}

explorable("q_values_spread", (view, state) => {
  const map = view.panel(0), steps = view.panel(1), values = view.panel(2);
  const world = worldOf(state.rows), { columns, cells } = world, height = state.rows.length;
  const middle = (s) => [(s % columns) + 0.5, height - Math.floor(s / columns) - 0.5];
  const number = (v) => v.toFixed(3).replace("-", "−");
  let run = learn(world, state), step = 0;

  function wedge(s, a, value) {
    const size = Math.sqrt(Math.abs(value)), [down, right] = MOVES[a], [x, y] = middle(s);
    const corners = [[INNER, BASE * size], [INNER, -BASE * size], [INNER + LENGTH * size, 0]];
    const places = corners.map(([along, across]) =>
      [map.X(x + along * right + across * down), map.Y(y - along * down + across * right)]);
    return `${polyline(places)}z`;
  }

  function draw() {
    const { before, steps: walk } = run[state.episode], q = copied(before);
    const where = (s) => `row ${Math.floor(s / columns) + 1}, column ${(s % columns) + 1}`;
    let said = `${state.episode} episodes are over; the next one takes ${walk.length} steps.`;
    for (let t = 0; t < step; t++) {
      const [s, a] = walk[t], old = q[s][a], target = update(q, world, s, a, state.rate, state.discount);
      said = `Episode ${state.episode + 1}, step ${t + 1} of ${walk.length}: ${NAMES[a]} from ${where(s)}. ` +
        `Its value goes from ${number(old)} towards ${number(target)}, to ${number(q[s][a])}.`;
    }
    for (const [part, sign] of [["good", 1], ["bad", -1]])
      map.draw(part, q.flatMap((row, s) => row.map((v, a) => (sign * v > 0 ? wedge(s, a, v) : ""))).join(""));
    const path = greedyPath(q, world), best = bestValues(world, state.discount)[world.start];
    map.line("way", path.map(middle));
    const at = step ? world.next[walk[step - 1][0]][walk[step - 1][1]] : world.start;
    map.dot("agent", middle(at));
    steps.line("lengths", run.map((each, k) => [k + 1, Math.log10(each.steps.length)]));
    const now = state.episode + (step ? 1 : 0);
    steps.line("now", [[now, steps.range[2]], [now, steps.range[3]]]);
    const worth = (table) => Math.max(...table[world.start]);
    values.line("worth", run.map((each, k) => [k, worth(each.before)]));
    values.line("best", [[0, best], [state.episodes, best]]);
    values.dot("dot", [state.episode, worth(q)]);
    const known = q.flat().filter((v) => v !== 0).length;
    const way = cells[path.at(-1)] === "G" ? `reach the goal in ${path.length - 1} steps` : "do not reach the goal yet";
    view.say([
      said,
      `${known} action values are not 0; from the start the best actions ${way}.`,
      `The start is worth ${number(worth(q))} so far, ${number(best)} to who acts best.`,
    ].join("\n"));
  }

  function go(episode, at = 0) {
    state.episode = Math.max(0, Math.min(state.episodes - 1, episode));
    step = at;
    slider.set(state.episode);
    draw();
  }

  view.buttons({
    "Next step": () => {
      if (step < run[state.episode].steps.length) go(state.episode, step + 1);
      else if (state.episode < state.episodes - 1) go(state.episode + 1, 1);
    },
    "Next episode": () => go(state.episode + 1),
    "Start over": () => go(0),
    "Other chances": () => (state.seed++, (run = learn(world, state)), go(state.episode)),
  }, 1);
  const slider = view.slider(
    "Episodes done", { min: 0, max: state.episodes - 1, step: 1, value: state.episode },
    (episode) => go(episode));
  for (const [name, label, min, by] of [
    ["rate", "Learning rate", 0.05, 0.05], ["discount", "Discount", 0.5, 0.05], ["exploration", "Exploration", 0, 0.05],
  ])
    view.slider(
      label, { min, max: 1, step: by, value: state[name], format: (v) => v.toFixed(2) },
      (v) => {
        state[name] = v;
        run = learn(world, state);
        go(state.episode);
      });
  draw();
});
