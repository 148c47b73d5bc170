// Arrows from one place of a panel to others, as Panel.arrows draws them.
function arrows({ X, Y }, ends, [x, y] = [0, 0]) {
  const from = [X(x), Y(y)];
  return ends.map((end) => {
    const to = [X(end[0]), Y(end[1])], dx = from[0] - to[0], dy = from[1] - to[1];
    const heading = Math.atan2(dy, dx);
    const tip = (angle) => [to[0] + 9 * Math.cos(angle), to[1] + 9 * Math.sin(angle)];
    const head = [tip(heading - 0.4), to, tip(heading + 0.4)];
    return polyline([from, to]) + (Math.hypot(dx, dy) > 1 ? polyline(head) : "");
  }).join("");
}
