// Marching squares: the line on which values on a grid (rows of so many columns) take a level;
// place(j, i) says where column j and row i stand.
function contour(values, columns, level, place) {
  const segments = [], rows = values.length / columns;
  const cross = (i, j, di, dj) => {
    const a = values[i * columns + j] - level, b = values[(i + di) * columns + j + dj] - level;
    if (a > 0 === b > 0) return [];
    const t = a / (a - b);
    return [place(j + t * dj, i + t * di)];
  };
  for (let i = 0; i < rows - 1; i++)
    for (let j = 0; j < columns - 1; j++) {
      const p = [...cross(i, j, 0, 1), ...cross(i, j + 1, 1, 0), ...cross(i + 1, j, 0, 1),
                 ...cross(i, j, 1, 0)];
      for (let k = 0; k + 1 < p.length; k += 2) segments.push(polyline([p[k], p[k + 1]]));
    }
  return segments.join("");
}
