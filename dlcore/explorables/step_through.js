// Steps through states computed in Python; many of them come as one compressed text.

async function framesOf(text) {
  return JSON.parse(new TextDecoder().decode(await unpack(text)));
}

explorable("step_through", (view, state) => {
  const { labels } = state, last = labels.length - 1;
  const count = view.root.querySelectorAll(".dlx-still > svg").length;
  const panels = Array.from({ length: count }, (_, p) => view.panel(p).svg);
  let frames, stop = null, step = state.start;
  const load = () => (frames = frames || Promise.resolve(state.frames || framesOf(state.packed)));

  function show(k) {
    step = Math.max(0, Math.min(last, k));
    slider.set(step);
    view.say(labels[step]);
    const wanted = step;
    load().then((all) => {
      if (wanted !== step) return;
      panels.forEach((svg, p) => {
        svg.innerHTML = all[step][p];
        svg.setAttribute("aria-label", labels[step]);
      });
    });
  }

  function pause() {
    if (stop) stop();
    stop = null;
    if (play) play.textContent = "Play";
  }

  function toggle() {
    if (stop) return pause();
    play.textContent = "Pause";
    if (step === last) show(0);
    let next = performance.now() + 900;
    stop = view.animate(() => {
      if (performance.now() < next) return;
      next += 900;
      show(step + 1);
      if (step === last) pause();
    });
  }

  const moves = {
    "Back": () => (pause(), show(step - 1)),
    "Next": () => (pause(), show(step + 1)),
  };
  if (!reducedMotion()) moves["Play"] = toggle;
  const play = view.buttons(moves, 1)[2];
  const slider = view.slider(
    state.step, { min: 0, max: last, step: 1, value: step, format: (k) => `${k} of ${last}` },
    (k) => (pause(), show(k)));
  if (step === state.shown) view.say(labels[step]);
  else show(step);
});
