// 0.00012 as 1.2 × 10⁻⁴; plain between 0.01 and 1000.
function scientific(v) {
  if (v === 0 || !isFinite(v) || (v >= 0.01 && v < 1000)) return String(+v.toPrecision(2));
  const [digits, power] = v.toExponential(1).split("e");
  const raised = [...power.replace("+", "")].map((c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]);
  return `${digits}\u00a0×\u00a010${raised.join("")}`;
}
