// Two mixed sources, their principal and their independent axes; twin of pca_ica_axes.py.
// A mixing is [a, b, c, d] by rows; b = Aᵀu is what a projection takes of each source.

const [EXAMPLES, SHOWN, BINS, STEP, REACH, RADIUS] = [2000, 500, 40, 2, 9, 3.2];
const [FLAT, SINGULAR] = [1.001, 0.02];

// Both sources, each with mean 0 and variance 1 among the draws.
function drawSources(names, seed) {
  const u = uniforms(2 * seed, 2 * EXAMPLES), z = normals(2 * seed + 1, 2 * EXAMPLES);
  const laplace = (v) => -Math.sign(v) * Math.log(Math.max(1e-12, 1 - 2 * Math.abs(v)));
  return names.map((name, k) => {
    const row = Float64Array.from({ length: EXAMPLES }, (_, n) => {
      const at = k * EXAMPLES + n, v = u[at] - 0.5;
      return { uniform: v, Laplace: laplace(v), Gaussian: z[at] }[name];
    });
    const mean = row.reduce((a, b) => a + b) / EXAMPLES;
    const spread = Math.sqrt(row.reduce((sum, v) => sum + (v - mean) ** 2, 0) / EXAMPLES);
    return row.map((v) => (v - mean) / spread);
  });
}

// The sources' correlation r, and their means of s₁⁴⁻ᵏ s₂ᵏ.
function momentsOf([s1, s2]) {
  const mean = (f) => s1.reduce((sum, v, n) => sum + f(v, s2[n]), 0) / s1.length;
  return { r: mean((a, b) => a * b), fourth: [0, 1, 2, 3, 4].map((k) => mean((a, b) => a ** (4 - k) * b ** k)) };
}

const varianceOf = ([b1, b2], { r }) => b1 ** 2 + 2 * r * b1 * b2 + b2 ** 2;

// NaN where the projection is constant.
function kurtosisOf([b1, b2], moments) {
  const v = varianceOf([b1, b2], moments);
  const sum = [1, 4, 6, 4, 1].reduce((s, n, k) => s + n * b1 ** (4 - k) * b2 ** k * moments.fourth[k], 0);
  return v > 1e-9 ? sum / v ** 2 - 3 : NaN;
}

const radians = (degrees) => (degrees * Math.PI) / 180;
const degreesOf = (x, y) => ((Math.atan2(y, x) * 180) / Math.PI + 360) % 180;

function weightsOf([a, b, c, d], degrees) {
  const x = Math.cos(radians(degrees)), y = Math.sin(radians(degrees));
  return [a * x + c * y, b * x + d * y];
}

// [xx, xy, yy] of the mixtures.
const covarianceOf = ([a, b, c, d], { r }) =>
  [a * a + 2 * r * a * b + b * b, a * c + r * (a * d + b * c) + b * d, c * c + 2 * r * c * d + d * d];

// The first principal axis in degrees, and both variances.
function principalOf(A, moments) {
  const [xx, xy, yy] = covarianceOf(A, moments), half = (xx - yy) / 2, mean = (xx + yy) / 2;
  const root = Math.hypot(half, xy);
  return { angle: ((Math.atan2(xy, half) * 90) / Math.PI + 180) % 180, lengths: [mean + root, Math.max(mean - root, 0)] };
}

// Of all pairs of uncorrelated projections of variance 1 the one with the largest sum of |kurtosis|.
function unmixingOf(moments) {
  const { r } = moments, plus = 1 / Math.sqrt(2 + 2 * r), minus = 1 / Math.sqrt(2 - 2 * r);
  const row = (t) => {
    const u = plus * Math.cos(t), v = minus * Math.sin(t);
    return [u + v, u - v];
  };
  const contrast = (t) => [0, Math.PI / 2].reduce((s, side) => s + Math.abs(kurtosisOf(row(t + side), moments)), 0);
  const better = (s, t) => (contrast(t) > contrast(s) ? t : s);
  let best = Array.from({ length: 90 }, (_, k) => (k * Math.PI) / 180).reduce(better);
  for (let width = Math.PI / 180; width > 1e-11; width /= 2)
    best = [best - width, best, best + width].reduce(better);
  const rows = [row(best), row(best + Math.PI / 2)];
  return Math.abs(rows[0][0]) < Math.abs(rows[1][0]) ? rows.reverse() : rows;
}

const inverse = ([a, b, c, d]) => [d, -b, -c, a].map((v) => v / (a * d - b * c));

// The directions on which the mixtures are projected to get the rows of B, in degrees.
function directionsOf(A, B) {
  const [a, b, c, d] = inverse(A);
  return B.map(([p, q]) => degreesOf(p * a + q * c, p * b + q * d));
}

// The columns of A B⁻¹.
function axesOf([a, b, c, d], B) {
  const [p, q, s, t] = inverse(B.flat());
  return [[a * p + b * s, c * p + d * s], [a * q + b * t, c * q + d * t]];
}

// C^(−1/2) A: whoever mixes so has uncorrelated mixtures of variance 1.
function whitened([a, b, c, d], moments) {
  const [xx, xy, yy] = covarianceOf([a, b, c, d], moments), det = xx * yy - xy * xy, root = Math.sqrt(det);
  const size = Math.sqrt(xx + yy + 2 * root) * root;
  const [p, q, s] = [yy + root, -xy, xx + root].map((v) => v / size);
  return [p * a + q * c, p * b + q * d, q * a + s * c, q * b + s * d];
}

// The angle, in degrees, by which the worse row has taken of the other source.
const astray = ([[a, b], [c, d]]) =>
  (Math.max(Math.atan2(Math.abs(b), Math.abs(a)), Math.atan2(Math.abs(c), Math.abs(d))) * 180) / Math.PI;

function heard([b1, b2], moments) {
  const spread = Math.sqrt(varianceOf([b1, b2], moments)) || 1, { r } = moments;
  return [Math.abs(b1 + r * b2) / spread, Math.abs(b2 + r * b1) / spread];
}

// The outline of a histogram of values in standard deviations, from -4 to 4.
function outline(values) {
  const spread = Math.sqrt(values.reduce((s, v) => s + v * v, 0) / values.length), counts = new Array(BINS).fill(0);
  for (const v of values) {
    const k = Math.floor(((spread > 1e-4 ? v / spread : v) + 4) * (BINS / 8));
    if (k >= 0 && k < BINS) counts[k]++;
  }
  const tops = counts.flatMap((n, k) =>
    [k, k + 1].map((edge) => [-4 + (8 * edge) / BINS, (n * BINS) / 8 / values.length]));
  return [[-4, 0], ...tops, [4, 0]];
}

explorable("pca_ica_axes", (view, state) => {
  const cloud = view.panel(0), shape = view.panel(1), waves = [view.panel(2), view.panel(3)];
  const number = (v, digits = 2) => v.toFixed(digits).replace("-", "−"), whole = (v) => `${Math.round(v) % 180}°`;
  const start = state.mixing;
  let sources, moments, B;

  function redraw() {
    sources = drawSources(state.kinds[state.kind], state.seed);
    moments = momentsOf(sources);
    B = unmixingOf(moments);
    draw();
  }

  function draw() {
    const A = state.mixing, [a, b, c, d] = A, invertible = Math.abs(a * d - b * c) >= SINGULAR;
    const { angle, lengths } = principalOf(A, moments), flat = lengths[0] <= FLAT * lengths[1];
    const total = lengths[0] + lengths[1], now = weightsOf(A, state.angle);
    const through = (x, y, length = REACH) => {
      const by = length / (Math.hypot(x, y) || 1);
      return [[-by * x, -by * y], [by * x, by * y]];
    };
    const unit = (degrees) => [Math.cos(radians(degrees)), Math.sin(radians(degrees))];
    cloud.draw("points", Array.from({ length: SHOWN }, (_, n) => {
      const x = a * sources[0][n] + b * sources[1][n], y = c * sources[0][n] + d * sources[1][n];
      return `M${cloud.X(x).toFixed(0)},${cloud.Y(y).toFixed(0)}h0`;
    }).join(""));
    cloud.line("first", flat ? [] : through(...unit(angle)));
    cloud.line("second", flat ? [] : through(...unit(angle + 90)));
    const axes = invertible ? axesOf(A, B) : [], ways = invertible ? directionsOf(A, B) : [];
    [[a, c], [b, d]].forEach(([x, y], k) => {
      cloud.line(`axis${k + 1}`, axes[k] ? through(...axes[k]) : []);
      cloud.line(`column${k + 1}`, [[0, 0], [x, y]]);
      columns[k].set(x, y);
    });
    const [x, y] = unit(state.angle).map((v) => RADIUS * v);
    cloud.line("direction", [[-x, -y], [x, y]]);
    cloud.place("name", [0.88 * x + 0.3, 0.88 * y - 0.3]);
    tip.set(x, y);
    slider.set(state.angle);
    shape.line("histogram", outline(sources[0].map((v, n) => now[0] * v + now[1] * sources[1][n])));
    const values = [(w) => (total > 1e-9 ? varianceOf(w, moments) / total : NaN), (w) => kurtosisOf(w, moments)];
    waves.forEach((panel, which) => {
      const marked = which ? ways : flat ? [] : [angle, (angle + 90) % 180], [, , low, high] = panel.range;
      for (const part of panel.svg.querySelectorAll('[data-part^="mark"]')) part.remove();
      marked.forEach((at) => {
        const line = panel.part("curve").cloneNode();
        dress(line, { "data-part": "mark", class: which ? "dlx-teal" : "dlx-blue", "stroke-width": 1.5, "stroke-dasharray": which ? "none" : "6 4" });
        dress(line, { d: polyline([[panel.X(at), panel.Y(low)], [panel.X(at), panel.Y(high)]]) });
        panel.part("curve").before(line);
      });
      const points = Array.from({ length: 180 / STEP + 1 }, (_, k) => [STEP * k, values[which](weightsOf(A, STEP * k))]);
      panel.line("curve", points.filter(([, v]) => Number.isFinite(v)));
      const at = values[which](now);
      if (Number.isFinite(at)) panel.dot("now", [state.angle, at]);
    });
    const [one, two] = heard(now, moments).map((v) => number(v)), spread = varianceOf(now, moments);
    const peak = kurtosisOf(now, moments);
    view.say([
      `u at ${whole(state.angle)}: variance ${number(spread)} of ${number(total)}, excess kurtosis ${Number.isFinite(peak) ? number(peak) : "not defined"}; ` +
      `correlation ${one} with source 1 and ${two} with source 2.`,
      flat ? "The variance is the same in all directions: PCA has no axes to prefer."
        : `Principal axes at ${whole(angle)} and ${whole(angle + 90)}.`,
      invertible ? `ICA projects on ${whole(ways[0])} and ${whole(ways[1])}; its sources are up to ${number(astray(B), 1)}° off the true ones.`
        : "The columns of A are parallel: one mixture is heard twice, and nothing can be separated.",
    ].join("\n"));
  }

  const set = (change) => (Object.assign(state, change), draw());
  const turn = (degrees) => set({ angle: ((Math.round(degrees) % 180) + 180) % 180 });
  const columns = [0, 1].map((k) => handle(cloud, `handle${k + 1}`, {
    label: `Column ${k + 1} of A: where source ${k + 1} moves the mixtures`,
    value: [state.mixing[k], state.mixing[k + 2]],
    moved: (x, y) => {
      const mixing = [...state.mixing];
      [mixing[k], mixing[k + 2]] = [snap(x, 0.1, 2), snap(y, 0.1, 2)];
      set({ mixing });
    },
  }));
  const tip = handle(cloud, "tip", {
    label: "The direction u", value: [RADIUS * Math.cos(radians(state.angle)), RADIUS * Math.sin(radians(state.angle))], step: 1,
    moved: (x, y) => turn(degreesOf(x, y)),
    turned: (by) => turn(state.angle + by),
    describe: (x, y) => `${Math.round(degreesOf(x, y)) % 180} degrees`,
  });
  for (const panel of waves) drag(panel, ([at]) => turn(Math.max(0, Math.min(179, at))));
  view.choice("Sources", Object.fromEntries(Object.keys(state.kinds).map((name) => [name, name])), state.kind, (kind) => {
    state.kind = kind;
    redraw();
  });
  const slider = view.slider(
    "Direction u", { min: 0, max: 179, step: 1, value: state.angle, format: (v) => `${v}°` },
    (angle) => set({ angle }));
  view.buttons({
    "Whiten": () => {
      const [a, b, c, d] = state.mixing;
      if (Math.abs(a * d - b * c) >= SINGULAR) set({ mixing: whitened(state.mixing, moments) });
    },
    "Other draws": () => ((state.seed += 1), redraw()),
    "Mix as at first": () => set({ mixing: start }),
  }, 0);
  redraw();
});
