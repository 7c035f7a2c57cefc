/** Tests of controllers: `testApp` for one story under a virtual clock, `simulate` for thousands with faults. */
export { testApp, type TestApp } from './test-app.js';
