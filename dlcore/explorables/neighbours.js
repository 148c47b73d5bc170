// The nearest of points {x, y, label} to a place, in the metric of a power p.

const DISTANCES = {
  1: (u, v) => Math.abs(u) + Math.abs(v),
  2: (u, v) => u * u + v * v,
  inf: (u, v) => Math.max(Math.abs(u), Math.abs(v)),
};

// All points by their distance (squared where p is 2), rounded so that places equally far stay so.
function nearestFirst(points, x, y, p = 2) {
  const distance = DISTANCES[p];
  const near = points.map((point) => ({ point, d: +distance(point.x - x, point.y - y).toFixed(9) }));
  return near.sort((a, b) => a.d - b.d);
}

// The share of class 1 among the k nearest points of every place; places hold x, y, x, y, …
function neighbourShares(points, k, places, p = 2) {
  const count = Math.min(k, points.length), shares = new Float64Array(places.length / 2);
  for (let n = 0; n < shares.length; n++) {
    const near = nearestFirst(points, places[2 * n], places[2 * n + 1], p);
    for (let c = 0; c < count; c++) shares[n] += near[c].point.label / count;
  }
  return shares;
}
