// The sparse code of a patch for every λ; twin of sparse_codes.py.

// Patches, then atoms, each as a row of pixels; they travel as whole multiples of step.
function rowsOf(text, { patches, atoms, height, width, step }) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0)), size = height * width;
  const numbers = Float64Array.from(new Int16Array(bytes.buffer), (v) => v * step);
  const rows = Array.from({ length: patches + atoms }, (_, k) => numbers.subarray(k * size, (k + 1) * size));
  return { patches: rows.slice(0, patches), atoms: rows.slice(patches) };
}

const dot = (a, b) => a.reduce((sum, v, k) => sum + v * b[k], 0);
const gramOf = (atoms) => atoms.map((a) => Float64Array.from(atoms, (b) => dot(a, b)));

// The minimum of ‖x − Dz‖² + λ‖z‖₁ from z on: one atom after the other gets its best coefficient,
// those in use again and again, all others now and then. alike holds the products of atoms and x.
function encode(gram, alike, lam, z) {
  const code = Float64Array.from(z), all = [...code.keys()];
  const left = Float64Array.from(alike, (v, j) => v - dot(gram[j], code));
  function improve(j) {
    const g = gram[j], old = code[j], target = left[j] + g[j] * old;
    const moved = (Math.sign(target) * Math.max(0, Math.abs(target) - lam / 2)) / g[j] - old;
    if (moved) {
      code[j] = old + moved;
      if (Math.abs(target) <= lam / 2) code[j] = 0;
      for (let i = 0; i < left.length; i++) left[i] -= g[i] * moved;
    }
    return Math.abs(moved);
  }
  const round = (which) => which.reduce((most, j) => Math.max(most, improve(j)), 0);
  const settled = (move) => move <= 1e-8 * code.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  for (let n = 0; n < 1000 && !settled(round(all)); n++) {
    const used = all.filter((j) => code[j]);
    for (let m = 0; m < 2000 && !settled(round(used)); m++);
  }
  return code;
}

// A code for each of the rising λ, found from the largest down.
function codesAlong(gram, alike, lams) {
  let code = new Float64Array(alike.length);
  return [...lams].reverse().map((lam) => (code = encode(gram, alike, lam, code))).reverse();
}

const rebuild = (atoms, code) => atoms[0].map((_, p) => atoms.reduce((sum, atom, j) => sum + code[j] * atom[p], 0));
const squares = (values) => dot(values, values);
const differ = (a, b) => a.map((v, k) => v - b[k]);

// The numbers of the m atoms most like the patch.
const mostAlike = (alike, m) =>
  [...alike.keys()].sort((i, j) => Math.abs(alike[j]) - Math.abs(alike[i])).slice(0, m);

explorable("sparse_codes", (view, state) => {
  const pictures = view.panel(0), trade = view.panel(1), tiles = view.panel(2), paths = view.panel(3);
  const { lams, height, width } = state, { patches, atoms } = rowsOf(state.packed, state);
  const gram = gramOf(atoms), known = [], logs = lams.map(Math.log10);
  const number = (v) => v.toPrecision(3).replace("-", "−");
  const image = tiles.part("image"), columns = Math.ceil(Math.sqrt(atoms.length));
  const canvas = element("canvas", { width: 3 * width + 2, height });
  let chosen = 0;

  // Everything about a patch that no λ changes.
  function facts() {
    if (known[chosen]) return known[chosen];
    const x = patches[chosen], alike = atoms.map((atom) => dot(atom, x)), codes = codesAlong(gram, alike, lams);
    const rests = codes.map((code) => differ(x, rebuild(atoms, code)));
    return (known[chosen] = {
      x, alike, codes, rests, counts: codes.map((code) => code.filter(Boolean).length),
      errors: rests.map((rest) => squares(rest) / squares(x)),
    });
  }

  function frames(which) {
    const [x0, y0, w, h] = ["x", "y", "width", "height"].map((name) => +image.getAttribute(name));
    const across = w / columns, down = h / Math.ceil(atoms.length / columns);
    const corner = (j) => `M${(x0 + (j % columns) * across + 1).toFixed(1)},${(y0 + Math.floor(j / columns) * down + 1).toFixed(1)}`;
    return which.map((j) => [corner(j), `h${(across - 2).toFixed(1)}v${(down - 2).toFixed(1)}h${(2 - across).toFixed(1)}z`]);
  }

  function paint({ x, rests }) {
    const context = canvas.getContext("2d"), pixels = context.createImageData(3 * width + 2, height);
    const most = x.reduce((m, v) => Math.max(m, Math.abs(v)), 0), rest = rests[state.at];
    [x, differ(x, rest), rest].forEach((values, k) => values.forEach((v, p) => {
      const grey = 255 * (0.5 + v / (2 * most)), place = Math.floor(p / width) * (3 * width + 2) + k * (width + 1) + (p % width);
      pixels.data.set([grey, grey, grey, 255], 4 * place);
    }));
    context.putImageData(pixels, 0, 0);
    dress(pictures.part("image"), { href: canvas.toDataURL(), style: "image-rendering:pixelated" });
  }

  function draw() {
    const about = facts(), { at } = state, code = about.codes[at], used = about.counts[at];
    const alike = mostAlike(about.alike, used), numbers = [...code.keys()];
    paint(about);
    const outline = (which) => frames(which).map((parts) => parts.join("")).join("");
    tiles.draw("added", outline(numbers.filter((j) => code[j] > 0)));
    tiles.draw("subtracted", outline(numbers.filter((j) => code[j] < 0)));
    tiles.draw("alike", frames(alike).map(([corner]) => `${corner}m2,2h0`).join(""));
    const percent = about.errors.map((v) => 100 * v), [, , low, high] = trade.range;
    trade.line("now", [[logs[at], low], [logs[at], high]]);
    trade.line("counts", logs.map((v, k) => [v, about.counts[k]]));
    trade.line("errors", logs.map((v, k) => [v, percent[k]]));
    trade.dot("count", [logs[at], used]);
    trade.dot("error", [logs[at], percent[at]]);
    const most = Math.max(...about.codes.flatMap((each) => [...each].map(Math.abs))) || 1;
    paths.line("now", [[logs[at], -1], [logs[at], 1]]);
    paths.draw("paths", numbers.filter((j) => about.codes.some((each) => each[j]))
      .map((j) => polyline(logs.map((v, k) => [paths.X(v), paths.Y(about.codes[k][j] / most)]))).join(""));
    const size = code.reduce((sum, v) => sum + Math.abs(v), 0), error = squares(about.rests[at]);
    const shared = alike.filter((j) => code[j]).length;
    const bound = 2 * Math.max(...about.alike.map(Math.abs));
    view.say([
      `λ = ${lams[at]}: ${used} of ${atoms.length} atoms are used and leave out ${number(percent[at])} % of the sum of squares.`,
      used ? `${shared} of them are among the ${used} that resemble the patch most; coefficients from ${number(Math.min(...code))} to ${number(Math.max(...code))}.`
        : `Nothing is used from λ = ${number(bound)} on, twice the largest product of atom and patch.`,
      `Objective: squared error ${number(error)} + λ × ${number(size)} = ${number(error + lams[at] * size)}.`,
    ].join("\n"));
  }

  view.slider(
    "Penalty λ", { min: 0, max: lams.length - 1, step: 1, value: state.at, format: (k) => String(lams[k]) },
    (at) => ((state.at = at), draw()));
  if (patches.length > 1)
    view.choice(
      "Patch", Object.fromEntries(patches.map((_, k) => [k, String(k + 1)])), 0,
      (key) => ((chosen = +key), draw()));
  draw();
});
