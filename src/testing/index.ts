/** Tests of controllers: `testApp` for one story under a virtual clock, `simulate` for thousands with faults. */
export { testApp, type TestApp } from './test-app.js';
export { simulate, runSimulation, isFailed, type SimulationProgress } from './simulate.js';
export { faults, faultTable, type FaultKind, type FaultRow, type Faults } from './faults.js';
export { externalService, type ServiceModel } from './external-service.js';
export { failureText, SimulationFailed, type FaultCount, type SimulationFailure, type SimulationReport } from './report.js';
export type { Violation } from './oracles.js';
export { planOf, type ProcessOptions, type SimulateOptions, type SimulationPlan, type WorkloadContext } from './simulate-options.js';
export { hollowNodes, type HollowNode, type HollowNodes, type HollowNodesHandle, type HollowNodesOptions } from './hollow-nodes.js';
export { hollowDelays, type HollowDelays } from './hollow-runtime.js';
export { simulationSuites, type SimulationSuite } from './suites/suites.js';
export type { World } from './world.js';
export { storeConformance, type StoreConformanceOptions } from './store-conformance/index.js';
export type { MakeStore, StoreRule, StoreUnderTest } from './store-conformance/context.js';
