// Tests of an illness, one after the other; twin of bayes_icons.py.

const [ROWS, MOST] = [25, 6];

// Log-odds before all tests and after each; results is a text of + and -.
function beliefs(rate, sensitivity, specificity, results) {
  const ratios = { "+": sensitivity / (1 - specificity), "-": (1 - sensitivity) / specificity };
  const odds = [Math.log(rate / (1 - rate))];
  for (const result of results) odds.push(odds.at(-1) + Math.log(ratios[result]));
  return odds;
}

const probability = (odds) => 1 / (1 + Math.exp(-odds));

// How many of 1,000 are ill and positive, ill and negative, well and positive, well and negative.
function people(p, sensitivity, specificity) {
  // Half a person is one, also where rounding has left a little less.
  const whole = (v) => Math.floor(v + 0.5 + 1e-9), ill = whole(1000 * p);
  const [found, alarmed] = [whole(ill * sensitivity), whole((1000 - ill) * (1 - specificity))];
  return [found, ill - found, alarmed, 1000 - ill - alarmed];
}

const percent = (p) => {
  const v = 100 * p;
  if (v > 99.99) return "over 99.99 %";
  return `${v < 0.01 ? scientific(v) : v < 99 ? +v.toPrecision(3) : v.toFixed(2)} %`;
};

explorable("bayes_icons", (view, state) => {
  const icons = view.panel(0), chart = view.panel(1);
  const parts = ["ill_positive", "ill_negative", "well_positive", "well_negative"];
  const { rates } = state;
  const shapes = { ill_negative: "m-2,0a2,2 0 1,0 4,0a2,2 0 1,0 -4,0" };

  function draw() {
    const { rate, sensitivity, specificity, results } = state;
    const odds = beliefs(rate, sensitivity, specificity, results), now = odds.at(-1), t = results.length;
    const p = probability(now), counts = people(p, sensitivity, specificity);
    let start = 0;
    parts.forEach((name, k) => {
      const places = Array.from({ length: counts[k] }, (_, n) => start + n);
      start += counts[k];
      icons.draw(name, places.map((n) => {
        const x = icons.X(Math.floor(n / ROWS) + 0.5), y = icons.Y(ROWS - (n % ROWS) - 0.5);
        return `M${x.toFixed(1)},${y.toFixed(1)}${shapes[name] || "h0"}`;
      }).join(""));
    });
    const after = [..."+-"].map((result) => beliefs(rate, sensitivity, specificity, results + result).at(-1));
    const legs = t === MOST ? [] : after.map((v) => [[t, now], [t + 1, v]]);
    chart.draw("next", legs.map((leg) => polyline(leg.map(([x, y]) => [chart.X(x), chart.Y(y)]))).join(""));
    chart.line("path", odds.map((v, k) => [k, v]));
    const dots = (name, wanted) => chart.draw(name, odds.map((v, k) =>
      wanted(k) ? `M${chart.X(k)},${chart.Y(v)}h0` : "").join(""));
    dots("before", (k) => k === 0);
    dots("positive", (k) => results[k - 1] === "+");
    dots("negative", (k) => results[k - 1] === "-");
    answers.forEach((button, k) => (button.disabled = k < 2 ? t === MOST : t === 0));
    const shown = results ? `Results so far: ${[...results].join(" ").replaceAll("-", "−")}. ` : "";
    view.say(
      `${shown}Probability of being ill: ${percent(p)}.\n` +
      `Of 1,000 like you ${counts[0] + counts[1]} are ill, ${counts[0]} of them will test positive; ` +
      `${counts[2] + counts[3]} are well, ${counts[2]} of them will test positive.\n` +
      `After a positive result ${percent(probability(after[0]))}, after a negative one ${percent(probability(after[1]))}.`);
  }

  const set = (change) => (Object.assign(state, change), draw());
  const answers = view.buttons({
    "Positive": () => set({ results: state.results + "+" }),
    "Negative": () => set({ results: state.results + "-" }),
    "Start over": () => set({ results: "" }),
  }, 0);
  view.slider(
    "Base rate", { min: 0, max: rates.length - 1, step: 1, value: rates.indexOf(state.rate), format: (k) => percent(rates[k]) },
    (k) => set({ rate: rates[k] }));
  for (const name of ["sensitivity", "specificity"])
    view.slider(
      name[0].toUpperCase() + name.slice(1),
      { min: 50, max: 99.9, step: 0.1, value: 100 * state[name], format: (v) => `${v} % of the ${name === "sensitivity" ? "ill" : "well"}` },
      (v) => set({ [name]: v / 100 }));
  draw();
});
