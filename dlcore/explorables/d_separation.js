// Which paths of a network are open; twin of d_separation.py. Variables are numbers in a list of names.

const isParent = ({ parents }, u, v) => parents[v].includes(u);

// All ways from x to y that visit no node twice, the shortest first.
function pathsOf(network, x, y) {
  const all = [...network.parents.keys()], found = [];
  const joined = (u, v) => isParent(network, u, v) || isParent(network, v, u);
  (function walk(path) {
    const last = path.at(-1);
    if (last === y) found.push(path);
    else all.filter((v) => joined(last, v) && !path.includes(v)).forEach((v) => walk([...path, v]));
  })([x]);
  return found.sort((a, b) => a.length - b.length);
}

// What is seen, and everything that leads to it.
function openers({ parents }, seen) {
  const found = new Set(), add = (v) => found.has(v) || (found.add(v), parents[v].forEach(add));
  seen.forEach(add);
  return found;
}

// The nodes at which a path is blocked, each with its kind.
function blockersOf(network, path, seen) {
  const opens = openers(network, seen);
  return path.slice(1, -1).flatMap((node, k) => {
    const into = [path[k], path[k + 2]].filter((u) => isParent(network, u, node)).length;
    const blocked = into === 2 ? !opens.has(node) : seen.includes(node);
    return blocked ? [{ node, kind: ["fork", "chain", "collider"][into] }] : [];
  });
}

// The probability of y given states {variable: 0 or 1}, by enumeration; NaN if these can't be.
function chance({ parents, yes }, y, given) {
  const n = parents.length, totals = [0, 0];
  for (let code = 0; code < 2 ** n; code++) {
    const state = (v) => (code >> v) & 1;
    if (Object.entries(given).some(([v, s]) => state(+v) !== s)) continue;
    const p = yes.reduce((product, table, v) => {
      const one = table[parents[v].reduce((row, u) => 2 * row + state(u), 0)];
      return product * (state(v) ? one : 1 - one);
    }, 1);
    totals[state(y)] += p;
  }
  return totals[1] / (totals[0] + totals[1]);
}

explorable("d_separation", (view, network) => {
  const graph = view.panel(0), bars = view.panel(1), { names, places, radius, parents } = network;
  const number = (name) => names.indexOf(name), seen = new Set(network.seen.map(number));
  const ask = { x: number(network.x), y: number(network.y) };
  const spot = (v) => [graph.X(places[v][0]), graph.Y(places[v][1])], fixed = (v) => v.toFixed(1);

  const circle = (v) => {
    const [x, y] = spot(v), half = `a${radius},${radius} 0 1 1`;
    return `M${fixed(x - radius)},${fixed(y)}${half} ${2 * radius},0${half} ${-2 * radius},0`;
  };
  const cross = (v) => {
    const [x, y] = spot(v);
    return `M${fixed(x + 10)},${fixed(y - 22)}l12,12m0,-12l-12,12`;
  };
  function link(a, b) {
    const [x0, y0] = spot(a), [x1, y1] = spot(b), by = radius / Math.hypot(x1 - x0, y1 - y0);
    return polyline([[x0 + (x1 - x0) * by, y0 + (y1 - y0) * by], [x1 + (x0 - x1) * by, y1 + (y0 - y1) * by]]);
  }
  const written = (path) => path.map((v, k) =>
    (k ? (isParent(network, path[k - 1], v) ? " → " : " ← ") : "") + names[v]).join("");
  const listed = (all) => [...all].map((v) => names[v]).join(", ");

  function show() {
    const { x, y } = ask, known = pathsOf(network, x, y), given = [...seen];
    const closed = known.map((path) => blockersOf(network, path, given));
    const open = known.find((_, k) => !closed[k].length);
    graph.draw("way", open ? open.slice(1).map((v, k) => link(open[k], v)).join("") : "");
    graph.draw("crosses", open ? "" : [...new Set(closed.map(([first]) => first.node))].map(cross).join(""));
    graph.draw("seen", given.map(circle).join(""));
    graph.draw("ends", circle(x) + circle(y));
    const title = `${names[x]} and ${names[y]}: click what is seen`;
    graph.part("title").textContent = title;
    graph.svg.setAttribute("aria-label", title);
    const evidence = Object.fromEntries(given.map((v) => [v, 1]));
    const each = [0, 1].map((s) => chance(network, y, { ...evidence, [x]: s })), alone = chance(network, y, evidence);
    bars.draw("bars", each.map((p, k) => (isNaN(p) ? "" :
      `M${fixed(bars.X(k - 0.3))},${fixed(bars.Y(0))}V${fixed(bars.Y(p))}H${fixed(bars.X(k + 0.3))}V${fixed(bars.Y(0))}z`)).join(""));
    bars.line("alone", isNaN(alone) ? [] : [[-0.5, alone], [1.5, alone]]);
    const about = `Probability that ${names[y]} is yes`;
    bars.part("title").textContent = about;
    bars.svg.setAttribute("aria-label", about);
    const why = { chain: "a chain whose middle is seen", fork: "a fork whose middle is seen", collider: "a collider, and neither it nor what it leads to is seen" };
    const lines = known.slice(0, 3).map((path, k) =>
      written(path) + (closed[k].length ? `: blocked at ${names[closed[k][0].node]}, ${why[closed[k][0].kind]}.` : ": open."));
    const text = (p) => (isNaN(p) ? "that can't be" : p.toFixed(3));
    const verdict = open ? "not separated" : "separated";
    view.say([
      `${names[x]} and ${names[y]}, ${given.length ? "seen: " + listed(given) : "nothing seen"}: ${verdict}, ${known.length} path${known.length === 1 ? "" : "s"}.`,
      ...lines,
      `${names[y]} is yes with probability ${text(each[0])} if ${names[x]} is no, ${text(each[1])} if yes; ${text(alone)} without knowing it.`,
    ].join("\n"));
    knobs.forEach((knob, v) => dress(knob, {
      "aria-checked": seen.has(v), "aria-disabled": v === x || v === y,
      "aria-label": `${names[v]} seen` + (v === x || v === y ? ", asked about" : ""),
    }));
  }

  function flip(v) {
    if (v === ask.x || v === ask.y) return;
    if (!seen.delete(v)) seen.add(v);
    show();
  }

  // Its parts must not be hidden from those who cannot see the picture.
  graph.svg.setAttribute("role", "group");
  const knobs = names.map((_, v) => {
    const [cx, cy] = spot(v).map(fixed);
    const knob = draw("g", { class: "dlx-handle", role: "checkbox", tabindex: 0, style: "cursor:pointer;touch-action:auto" });
    knob.append(draw("circle", { r: radius + 2, fill: "transparent", cx, cy }));
    graph.part("crosses").after(knob);
    knob.addEventListener("click", () => flip(v));
    knob.addEventListener("keydown", (event) => {
      if (event.key !== " " && event.key !== "Enter") return;
      event.preventDefault();
      flip(v);
    });
    return knob;
  });
  const options = Object.fromEntries(names.map((name, v) => [v, name])), pickers = {};
  function choose(which, v) {
    const other = which === "x" ? "y" : "x";
    if (ask[other] === v) {
      ask[other] = ask[which];
      pickers[other].set(ask[other]);
    }
    ask[which] = v;
    seen.delete(v);
    show();
  }
  pickers.x = view.choice("News of", options, ask.x, (key) => choose("x", +key));
  pickers.y = view.choice("Does it tell of", options, ask.y, (key) => choose("y", +key));
  view.buttons({ "See nothing": () => (seen.clear(), show()) });
  show();
});
