/**
 * Platt scaling: slope and shift by which log odds become probabilities of what was held out, by Newton's method for the
 * logistic loss (Platt 1999, with the targets that keep it finite when all are alike; Lin, Lin, Weng 2007). Where another share of
 * payments is fraud than of what was held out, odds change by as much as the odds of that do (Elkan: The Foundations of Cost-Sensitive
 * Learning, 2001, theorem 2).
 * In: log odds and labels of what was held out; the share that is fraud where the model will be used, if that is another.
 */
export function calibrate(
  margins: Float64Array,
  labels: Uint8Array,
  fraudRate?: number,
): { readonly slope: number; readonly shift: number } {
  const frauds = labels.reduce((sum, label) => sum + label, 0);
  const [ofFraud, ofGenuine] = [(frauds + 1) / (frauds + 2), 1 / (labels.length - frauds + 2)];
  let [slope, shift] = [1, 0];
  for (let round = 0; round < mostRounds; round += 1) {
    let [g0, g1, h00, h01, h11] = [0, 0, ridge, 0, ridge];
    for (let row = 0; row < margins.length; row += 1) {
      const margin = margins[row] ?? 0;
      const probability = 1 / (1 + Math.exp(-(slope * margin + shift)));
      const error = probability - (labels[row] === 1 ? ofFraud : ofGenuine);
      const weight = probability * (1 - probability);
      g0 += error * margin;
      g1 += error;
      h00 += weight * margin * margin;
      h01 += weight * margin;
      h11 += weight;
    }
    const determinant = h00 * h11 - h01 * h01;
    const [stepOfSlope, stepOfShift] = [(h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant];
    slope -= stepOfSlope;
    shift -= stepOfShift;
    if (Math.abs(stepOfSlope) + Math.abs(stepOfShift) < 1e-10) break;
  }
  const priorShift = fraudRate === undefined ? 0 : logOdds(fraudRate) - logOdds((frauds + 1) / (labels.length + 2));
  return { slope, shift: shift + priorShift };
}

function logOdds(probability: number): number {
  return Math.log(probability / (1 - probability));
}

const mostRounds = 50;
/** Keeps the step finite where all margins are the same. */
const ridge = 1e-9;
