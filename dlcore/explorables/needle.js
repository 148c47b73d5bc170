// An arrow with an open head, from a place of a panel along a vector, cut to the longest.
function needle({ X, Y }, tail, by, longest = Infinity) {
  const shrink = Math.min(1, longest / Math.max(Math.hypot(...by), 1e-9));
  const from = [X(tail[0]), Y(tail[1])], tip = [X(tail[0] + shrink * by[0]), Y(tail[1] + shrink * by[1])];
  const back = 0.35 * (from[0] - tip[0]), across = 0.35 * (from[1] - tip[1]);
  const side = (s) => [tip[0] + back - s * 0.5 * across, tip[1] + across + s * 0.5 * back];
  return polyline([from, tip]) + polyline([side(1), tip, side(-1)]);
}
