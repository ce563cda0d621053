import { readFileSync } from 'node:fs';
import * as z from 'zod';

const modelFile = z.looseObject({ calibration: z.object({ slope: z.number(), shift: z.number() }) });

/** The file of a model as the shipped one, but that it doubts more: by so much of log odds. */
export function modelThatDoubts(more: number) {
  const { calibration, ...rest } = modelFile.parse(JSON.parse(readFileSync('model/shipped-model.json', 'utf8')));
  return { ...rest, calibration: { ...calibration, shift: calibration.shift + more } };
}
