/** The node agent's core: what a pod asks a runtime for, and what its node says of it. A runtime is somebody else's. */
export { podStatus, saysSame, type NodeFacts } from './pod-status.js';
export { podWorker, restartDelays, step, type Action, type ContainerRecord, type ContainerView, type PodWorker, type Step } from './pod-worker.js';
