import type { SimulateOptions } from '../simulate-options.js';
import { replicaSetSuite } from './replicaset.js';

/** A suite by its name; those of one group are run together by the name of the group (X6). */
export interface SimulationSuite {
  readonly name: string;
  readonly group: string;
  options(): SimulateOptions;
}

/** The repository's own simulations, which `npm run sim` runs. */
export const simulationSuites: readonly SimulationSuite[] = Object.freeze([
  { name: 'replicaset', group: 'controllers', options: replicaSetSuite },
]);
