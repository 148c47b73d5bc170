// The numbers of a small floating-point format and rounding to them; twin of float_line.py.

// What the bits mean, and all numbers that are not negative, in the order of their codes.
function format([exponentBits, mantissaBits], special) {
  const first = 2 - 2 ** (exponentBits - 1), steps = 2 ** mantissaBits;
  const lost = { ieee: steps, nan: 1, none: 0 }[special];
  const values = Array.from({ length: 2 ** (exponentBits + mantissaBits) - lost }, (_, code) => {
    const exponent = Math.floor(code / steps), fraction = (code % steps) / steps;
    return (fraction + (exponent > 0)) * 2 ** (first + Math.max(exponent, 1) - 1);
  });
  return { values, largest: values.at(-1), normal: 2 ** first, steps, special, mantissaBits, exponentBits };
}

// Where numbers around x stand: 2 to this power apart.
function spacing(x, { normal, steps }) {
  return 2 ** Math.floor(Math.log2(Math.max(Math.abs(x), normal))) / steps;
}

// The nearest number, of two equally near ones the one whose mantissa is even.
function round(x, fmt) {
  const step = spacing(x, fmt), parts = x / step, below = Math.floor(parts), over = parts - below;
  const rounded = (below + (over > 0.5 || (over === 0.5 && below % 2 !== 0))) * step;
  if (Math.abs(rounded) <= fmt.largest) return rounded;
  return { ieee: Math.sign(x) * Infinity, nan: NaN, none: Math.sign(x) * fmt.largest }[fmt.special];
}

// The relative error of rounding by log2 x: its corners, at numbers and halfway between.
function sawtooth(fmt, low, high) {
  const values = fmt.values.slice(1), { largest } = fmt, log = Math.log2;
  const corners = values.flatMap((v, k) => (k ? [(v + values[k - 1]) / 2, v] : [v]));
  const points = corners.map((x) => [log(x), Math.abs(round(x, fmt) - x) / x]);
  const gap = values.length > 1 ? largest - values.at(-2) : largest, edge = largest + gap / 2;
  points.unshift([low, 1], [log(values[0] / 2), 1]);
  points.push([log(edge), (edge - largest) / edge]);
  if (fmt.special !== "none") return [...points, [log(edge), 2]];
  const far = Array.from({ length: 20 }, (_, k) => log(edge) + ((high - log(edge)) * k) / 19);
  return [...points, ...far.map((x) => [x, 1 - largest / 2 ** x])];
}

// Sign, exponent and mantissa of a number of the format.
function bitsOf(v, { values, exponentBits, mantissaBits }) {
  const digits = values.indexOf(Math.abs(v)).toString(2).padStart(exponentBits + mantissaBits, "0");
  return [+(v < 0), digits.slice(0, exponentBits), digits.slice(exponentBits)].join(" ").trim();
}

function plain(v) {
  if (Number.isNaN(v)) return "NaN";
  const size = Math.abs(v);
  const text = size === Infinity ? "∞" : size && (size < 1e-3 || size >= 1e6) ? scientific(size) : String(+size.toPrecision(6));
  return (v < 0 ? "−" : "") + text;
}

explorable("float_line", (view, state) => {
  const line = view.panel(0), chart = view.panel(1), [low, high] = chart.range;
  const { X, Y } = line;
  const firstView = () => Math.ceil(Math.log2(1.07 * fmt.largest));
  let fmt = format(state.bits, state.special), zoom = firstView();

  function words(x, rounded) {
    const { values, special } = fmt, size = Math.abs(x);
    if (!Number.isFinite(rounded)) return `${plain(x)} is too large and becomes ${plain(rounded)}.`;
    if (rounded === x) return `${plain(x)} is a number of the format, bits ${bitsOf(x, fmt)}.`;
    const above = values.findIndex((v) => v > size), sign = Math.sign(x);
    const told = `${plain(x)} becomes ${plain(rounded)}, bits ${bitsOf(rounded, fmt)}. `;
    if (above < 0) return told + "There is no larger number" + (special === "none" ? " and no infinity." : ".");
    const [a, b] = [values[above - 1], values[above]];
    const tie = size - a === b - size ? " It is halfway: the even mantissa is taken." : "";
    return `${told}It lies between ${plain(sign * a)} and ${plain(sign * b)}.${tie}`;
  }

  function draw() {
    const { x } = state, reach = 2 ** zoom, rounded = round(x, fmt), { values, largest } = fmt;
    const at = (v) => X(Math.max(-2, Math.min(2, v / reach))).toFixed(1);
    const ticks = (wanted) => values.filter((v) => v <= reach && wanted(v)).flatMap((v) => (v ? [-v, v] : [v]))
      .map((v) => `M${at(v)},${Y(0.2)}V${Y(0.5)}`).join("");
    line.draw("normal", ticks((v) => v >= fmt.normal));
    line.draw("subnormal", ticks((v) => v < fmt.normal));
    const edge = largest + (largest - values.at(-2)) / 2;
    const band = [[-2 * reach, -edge], [edge, 2 * reach]].filter(([a, b]) => a < b)
      .map(([a, b]) => `M${at(a)},${Y(0.55)}H${at(b)}V${Y(0.2)}H${at(a)}z`);
    line.draw("beyond", fmt.special === "none" ? "" : band.join(""));
    ["left", "middle", "right"].forEach((name, k) =>
      (line.part(name).textContent = plain((k - 1) * reach)));
    const shown = Number.isFinite(rounded) ? rounded : Math.sign(x) * 2 * reach;
    line.line("move", [[x / reach, 0.85], [shown / reach, 0.5]]);
    line.dot("rounded", [shown / reach, 0.5]);
    knob.set(x / reach, 0.85);
    const roundoff = 2 ** -(fmt.mantissaBits + 1), error = Math.abs(rounded - x) / Math.abs(x);
    chart.line("error", sawtooth(fmt, low, high));
    chart.line("roundoff", [[low, roundoff], [high, roundoff]]);
    const place = Math.max(low, Math.min(high, Math.log2(Math.abs(x))));
    chart.dot("now", [place, x ? (Number.isFinite(rounded) ? error : 1.05) : 0]);
    const size = x && Number.isFinite(rounded) ? ` Spacing ${plain(spacing(x, fmt))}, relative error ${+(100 * error).toPrecision(3)} %.` : "";
    view.say([
      words(x, rounded) + size,
      `${2 * values.length - 1} numbers, ${fmt.steps - 1} subnormal ones on each side; largest ` +
      `${plain(largest)}, smallest normal ${plain(fmt.normal)}, unit roundoff ${100 * roundoff} %.`,
    ].join("\n"));
  }

  const knob = handle(line, "x", {
    label: "The number x", value: [0, 0.85], step: 1 / 32,
    moved: (u) => ((state.x = (Math.round(64 * Math.max(-1, Math.min(1, u))) / 64) * 2 ** zoom), draw()),
    describe: () => plain(state.x),
  });
  function lookAt(power) {
    zoom = power;
    scale.set(power);
    draw();
  }
  function choose(bits, special) {
    Object.assign(state, { bits, special });
    fmt = format(bits, special);
    const limit = 2 ** firstView();
    state.x = Math.max(-limit, Math.min(limit, state.x));
    widths.forEach((slider, k) => slider.set(bits[k]));
    specials.set(special);
    const known = Object.entries(state.presets).find(([, choice]) => String(choice) === String([...bits, special]));
    presets.set(known ? known[0] : "");
    lookAt(firstView());
  }
  // The number above x, or halfway to it.
  const go = (share) => () => {
    const all = [...fmt.values.slice(1).map((v) => -v).reverse(), ...fmt.values];
    const k = all.findIndex((v) => v > state.x);
    if (k < 0) return;
    const below = k ? all[k - 1] : all[0];
    state.x = below + share * (all[k] - below);
    lookAt(Math.max(zoom, Math.ceil(Math.log2(Math.abs(state.x) || 2 ** zoom))));
  };
  view.buttons({ "Next number": go(1), "Halfway to it": go(0.5) });
  const presets = view.choice("Format", state.names, "", (key) => {
    const [e, m, special] = state.presets[key];
    choose([e, m], special);
  });
  const widths = ["Exponent bits", "Mantissa bits"].map((name, k) => view.slider(
    name, { min: 2 - 2 * k, max: 5 - k, step: 1, value: state.bits[k] },
    (v) => choose(state.bits.map((b, j) => (j === k ? v : b)), state.special)));
  const specials = view.choice("Exponent 11…1", state.specials, state.special, (special) => choose(state.bits, special));
  const scale = view.slider(
    "View", { min: -16, max: 17, step: 1, value: zoom, format: (k) => `${plain(-(2 ** k))} to ${plain(2 ** k)}` },
    lookAt);
  choose(state.bits, state.special);
});
