// Which pixels a unit sees through a stack of layers; twin of receptive_field_growth.py.
// A layer is [kernel, stride, dilation].

const offsets = ([k, , d]) => Array.from({ length: k }, (_, n) => d * (n - (k - 1) / 2));

// From the input up: for each row the places that the unit depends on, with numbers of paths.
function paths(layers, unit) {
  const rows = [new Map([[unit, 1]])];
  for (const layer of [...layers].reverse()) {
    const below = new Map();
    for (const [place, count] of rows[0])
      for (const by of offsets(layer)) {
        const at = place * layer[1] + by;
        below.set(at, (below.get(at) || 0) + count);
      }
    rows.unshift(below);
  }
  return rows;
}

// Size of the field and jump, from the input up.
function growth(layers) {
  const sizes = [1], jumps = [1];
  for (const [k, s, d] of layers) {
    sizes.push(sizes.at(-1) + d * (k - 1) * jumps.at(-1));
    jumps.push(jumps.at(-1) * s);
  }
  return { sizes, jumps };
}

explorable("receptive_field_growth", (view, state) => {
  const tree = view.panel(0), shares = view.panel(1), { ranges, most, neighbours } = state;
  let layers = state.layers.map((layer) => [...layer]), unit = 0;
  tree.part("row0").after(...Array.from({ length: most - state.layers.length }, (_, n) => {
    const label = tree.part("row0").cloneNode(true);
    label.dataset.part = `row${state.layers.length + 1 + n}`;
    return label;
  }));

  function draw() {
    const rows = paths(layers, unit), { sizes, jumps } = growth(layers), top = layers.length;
    const size = sizes.at(-1), jump = jumps.at(-1);
    const reach = Math.max(state.smallest, neighbours * jump + Math.floor(size / 2) + 1);
    const X = (x) => tree.X(x / reach), [, , floor, ceiling] = tree.range;
    const stretch = (ceiling - floor) / (top + 0.9);
    const Y = (level) => tree.Y(floor + stretch * (level + 0.6));
    const at = (x, level) => `${X(x).toFixed(1)},${Y(level).toFixed(1)}`;
    const dots = (xs, level) => xs.map((x) => `M${at(x, level)}h0`).join("");
    let edges = "", units = "", used = "";
    rows.forEach((row, level) => {
      const some = Math.floor(reach / jumps[level]), places = [...row.keys()];
      units += dots(Array.from({ length: 2 * some + 1 }, (_, n) => (n - some) * jumps[level]), level);
      used += dots(places.map((m) => m * jumps[level]), level);
      if (level === 0) return;
      const layer = layers[level - 1];
      for (const m of places)
        for (const by of offsets(layer))
          edges += `M${at(m * jumps[level], level)}L${at((m * layer[1] + by) * jumps[level - 1], level - 1)}`;
    });
    const apart = X(1) - X(0), width = Math.max(1.5, Math.min(8, 0.7 * apart));
    tree.draw("edges", edges);
    tree.draw("units", units);
    tree.draw("used", used);
    dress(tree.part("units"), { "stroke-width": width / 2 });
    dress(tree.part("used"), { "stroke-width": width });
    for (let level = 0; level <= most; level++) {
      const label = tree.part(`row${level}`);
      label.textContent = level > top ? "" : level ? `layer ${level}` : "input";
      dress(label, { y: (Y(level) + 4).toFixed(1) });
    }
    const middle = unit * jump;
    [["field", 0, -0.27], ["neighbour", jump, -0.45]].forEach(([part, shift, y]) =>
      tree.draw(part, `M${at(middle + shift - size / 2, y)}L${at(middle + shift + size / 2, y)}`));
    const counts = [...rows[0].values()], largest = Math.max(...counts);
    const all = counts.reduce((a, b) => a + b, 0), percent = (n) => `${+((100 * n) / all).toPrecision(3)}`;
    shares.draw("bars", [...rows[0]].map(([x, n]) =>
      `M${X(x).toFixed(1)},${shares.Y(0).toFixed(1)}V${shares.Y((0.92 * n) / largest).toFixed(1)}`).join(""));
    dress(shares.part("bars"), { "stroke-width": Math.max(1, Math.min(8, 0.7 * apart)) });
    shares.part("most").textContent = percent(largest);
    view.say([
      `The field is ${size} ${size === 1 ? "pixel" : "pixels"} wide and ${rows[0].size} of them are used; its neighbour's lies ${jump} further on.`,
      `After each layer: field ${sizes.slice(1).join(", ")}; jump ${jumps.slice(1).join(", ")}.`,
      `The pixel with most paths has ${percent(largest)} % of them, the outermost one ${percent(rows[0].get(Math.max(...rows[0].keys())))} %.`,
    ].join("\n"));
  }

  const look = "width:3.6em;flex:none;height:auto;font:inherit;color:inherit;background:none;border:1px solid var(--dlx-gray);padding:.2em";
  const names = ["kernel", "stride", "dilation"];
  const allowed = (v, which) => {
    const [low, high] = ranges[which], kept = Math.max(low, Math.min(high, Math.round(v) || low));
    return which === 0 ? 2 * Math.floor(kept / 2) + 1 : kept;
  };
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  function preset() {
    const known = Object.keys(state.presets).find((name) => same(state.presets[name], layers));
    presets.set(known || "");
  }
  const presets = view.choice("Stack", Object.fromEntries(Object.keys(state.presets).map((name) => [name, name])), "",
    (name) => ((layers = state.presets[name].map((layer) => [...layer])), fill()));
  const count = view.slider(
    "Layers", { min: 1, max: most, step: 1, value: layers.length },
    (n) => {
      layers = layers.slice(0, n);
      while (layers.length < n) layers.push([3, 1, 1]);
      fill();
    });
  const fields = Array.from({ length: most }, (_, level) => names.map((name, which) => {
    const [min, max] = ranges[which];
    const field = element("input", {
      type: "number", min, max, step: which === 0 ? 2 : 1, style: look, "aria-label": `Layer ${level + 1}, ${name}`,
    });
    field.addEventListener("input", () => {
      layers[level][which] = allowed(+field.value, which);
      preset();
      draw();
    });
    field.addEventListener("change", () => (field.value = layers[level][which]));
    return field;
  }));
  const lines = fields.map((line, level) => element(
    "div", { class: "dlx-slider", role: "group", "aria-label": `Layer ${level + 1}` },
    element("span", {}, `Layer ${level + 1}`),
    ...line.flatMap((field, which) => [element("label", {}, `${names[which]} `, field)])));
  view.add(...lines);
  view.slider(
    "Unit", { min: -neighbours, max: neighbours, step: 1, value: unit, format: (v) => String(v).replace("-", "−") },
    (v) => ((unit = v), draw()));

  function fill() {
    lines.forEach((line, level) => (line.style.display = level < layers.length ? "" : "none"));
    layers.forEach((layer, level) => layer.forEach((v, which) => (fields[level][which].value = v)));
    count.set(layers.length);
    preset();
    draw();
  }
  fill();
});
