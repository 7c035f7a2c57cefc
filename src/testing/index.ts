/** Tests of controllers: `testApp` for one story under a virtual clock, `simulate` for thousands with faults. */
export { testApp, type TestApp } from './test-app.js';
export { simulate } from './simulate.js';
export { faults, type FaultKind, type FaultRow, type Faults, faultTable } from './faults.js';
export { externalService, type ServiceModel } from './external-service.js';
export { SimulationFailed, type SimulationFailure, type SimulationReport } from './report.js';
export type { Violation } from './oracles.js';
export type { ProcessOptions, SimulateOptions, WorkloadContext } from './simulate-options.js';
export type { World } from './world.js';
export { hollowNodes, type HollowNode, type HollowNodes, type HollowNodesHandle, type HollowNodesOptions } from './hollow-nodes.js';
export { hollowDelays, type HollowDelays } from './hollow-runtime.js';
