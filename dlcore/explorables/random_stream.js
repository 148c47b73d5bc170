// Random numbers that Python and the browser draw alike; twin of random_stream.py.

function uniforms(seed, n) {
  const u = new Float64Array(n);
  for (let i = 0, a = seed | 0; i < n; i++) {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    u[i] = ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
  return u;
}

function normals(seed, n) {
  const u = uniforms(seed, 2 * n);
  return Float64Array.from({ length: n }, (_, i) =>
    Math.sqrt(-2 * Math.log1p(-u[2 * i])) * Math.cos(2 * Math.PI * u[2 * i + 1]));
}
