// The later rivals of ReLU, added to the table of activations.

// A series of positive terms: no cancellation; beyond 6 the rest is below rounding.
function erf(x) {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x, sum = x;
  for (let k = 1; Math.abs(term) > 1e-17 * Math.abs(sum); k++) {
    term *= (2 * x * x) / (2 * k + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

const phi = (z) => Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
const Phi = (z) => 0.5 * (1 + erf(z / Math.SQRT2));

Object.assign(ACTIVATIONS, {
  leaky_relu: [(z) => (z > 0 ? z : 0.01 * z), (z) => (z > 0 ? 1 : 0.01)],
  elu: [(z) => (z > 0 ? z : Math.expm1(z)), (z) => (z > 0 ? 1 : Math.exp(z))],
  silu: [
    (z) => z * logistic(z),
    (z) => logistic(z) + z * logistic(z) * logistic(-z),
  ],
  gelu: [(z) => z * Phi(z), (z) => Phi(z) + z * phi(z)],
});
