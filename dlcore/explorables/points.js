// Points of two classes that can be dragged, added and removed, by pointer, touch and keyboard.

// What packed_points in plane.py made: points {x, y, label}.
const pointsOf = ({ xy, labels }) =>
  [...labels].map((k, n) => ({ x: xy[2 * n] / 100, y: xy[2 * n + 1] / 100, label: +k }));

// One path for all points of a class: discs (a round stroke of no length) or triangles.
const marks = (points, k, { X, Y }) => points.map(({ x, y }) => {
  const at = (dy) => `M${X(x).toFixed(1)},${(Y(y) + dy).toFixed(1)}`;
  return k === 0 ? `${at(0)}h0` : `${at(-4)}l4,7h-8z`;
}).join("");

// The panel needs a part "selected"; list() gives the points {x, y, label}; limit is the largest
// |x| and |y|.
function editPoints(view, panel, list, { limit, changed }) {
  const { svg, X, Y } = panel;
  let chosen = -1, fresh = 0, held = null, active = false;
  const clamp = (v, most) => Math.max(-most, Math.min(most, v));
  const nearest = ([x, y], reach) => list().reduce((best, p, k) => {
    const d = Math.hypot(X(p.x) - X(x), Y(p.y) - Y(y));
    return d < best[1] ? [k, d] : best;
  }, [-1, reach])[0];

  function select(k) {
    chosen = k;
    const p = list()[k];
    panel.draw("selected", p ? `M${X(p.x) - 8},${Y(p.y)}a8,8 0 1,0 16,0a8,8 0 1,0 -16,0` : "");
  }
  function update(message) {
    changed();
    select(chosen);
    if (message) view.say(message);
  }
  const names = ["disc", "triangle"];
  const describe = (k) => {
    const p = list()[k];
    return `Point ${k + 1} of ${list().length}, ${names[p.label]}, at ${p.x.toFixed(2)}, ${p.y.toFixed(2)}.`;
  };
  function move(x, y) {
    Object.assign(list()[chosen], { x: clamp(x, limit[0]), y: clamp(y, limit[1]) });
    update();
  }
  function insert([x, y]) {
    list().push({ x: clamp(x, limit[0]), y: clamp(y, limit[1]), label: fresh });
    chosen = list().length - 1;
    update(describe(chosen));
  }
  function remove() {
    if (!list()[chosen] || list().length < 2) return;
    list().splice(chosen, 1);
    chosen = -1;
    update(`Removed; ${list().length} points are left.`);
  }

  svg.setAttribute("tabindex", "0");
  svg.setAttribute("role", "application");
  svg.setAttribute("aria-label", "The points. Page Up and Page Down choose, arrow keys move, " +
    "Space changes the class, Enter adds, Delete removes.");
  svg.style.cursor = "crosshair";
  // A finger scrolls the page until the figure has been tapped; then it drags points.
  svg.addEventListener("touchstart", (event) => {
    const touch = event.touches[0];
    if (active && nearest(panel.at(touch), 18) >= 0) event.preventDefault();
  }, { passive: false });
  svg.addEventListener("pointerdown", (event) => {
    if (event.button > 0) return;
    const touch = event.pointerType === "touch", place = panel.at(event);
    held = { k: touch && !active ? -1 : nearest(place, touch ? 18 : 9), add: !touch || active };
    if (held.k < 0) return;
    select(held.k);
    svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener("pointermove", (event) => {
    if (held && held.k >= 0 && svg.hasPointerCapture(event.pointerId)) move(...panel.at(event));
  });
  svg.addEventListener("pointerup", (event) => {
    if (held && held.k < 0 && held.add) insert(panel.at(event));
    else if (held && held.k >= 0) view.say(describe(held.k));
    held = null;
    svg.focus({ preventScroll: true });
    active = true;
  });
  svg.addEventListener("blur", () => (active = false));
  svg.addEventListener("keydown", (event) => {
    const n = list().length, p = list()[chosen];
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const arrow = arrows[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "PageDown") select((chosen + 1) % n);
    else if (event.key === "PageUp") select((Math.max(chosen, 0) + n - 1) % n);
    else if (event.key === "Enter") insert(p ? [p.x + 0.1, p.y] : [0, 0]);
    else if (!p) return;
    else if (arrow) move(p.x + 0.05 * arrow[0], p.y + 0.05 * arrow[1]);
    else if (event.key === " ") (p.label = 1 - p.label), update();
    else if (event.key === "Delete") remove();
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (list()[chosen]) view.say(describe(chosen));
  });
  view.choice("New points", { 0: "● disc", 1: "▲ triangle" }, fresh, (k) => (fresh = +k));
  view.buttons({ "Remove the chosen point": remove });
}
