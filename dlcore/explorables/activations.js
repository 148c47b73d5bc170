// Activation functions with their derivatives, as in dlcore.nn; slope 0 of ReLU at 0.

const logistic = (z) => (z < 0 ? Math.exp(z) / (1 + Math.exp(z)) : 1 / (1 + Math.exp(-z)));

const ACTIVATIONS = {
  identity: [(z) => z, () => 1],
  sigmoid: [logistic, (z) => logistic(z) * logistic(-z)],
  tanh: [Math.tanh, (z) => 4 * logistic(2 * z) * logistic(-2 * z)],
  relu: [(z) => (z > 0 ? z : 0), (z) => (z > 0 ? 1 : 0)],
};
