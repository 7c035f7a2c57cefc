import { writeFileSync } from 'node:fs';
import process from 'node:process';

/**
 * A jest reporter that shows what failed, and on a terminal how far it is; of what passed it says nothing. The results
 * go to the file named by SETPOINT_REPORT. What tests print is shown for files that failed, or with SETPOINT_CONSOLE.
 */
export default class QuietReporter {
  #done = 0;
  #total = 0;
  #terminal = process.stderr.isTTY === true;

  onRunStart(results) {
    this.#total = results.numTotalTestSuites;
  }

  onTestResult(test, result) {
    this.#done++;
    this.#clear();
    const failed = Boolean(result.failureMessage);
    if (failed || process.env.SETPOINT_CONSOLE) for (const { message, type } of result.console ?? []) process.stderr.write(`${type}: ${message}\n`);
    if (failed) process.stderr.write(`${test.path}\n${result.failureMessage}\n`);
    if (this.#terminal) process.stderr.write(`${this.#done} of ${this.#total} files`);
  }

  onRunComplete(_contexts, results) {
    this.#clear();
    if (!process.env.SETPOINT_REPORT) return;
    writeFileSync(process.env.SETPOINT_REPORT, JSON.stringify({
      passed: results.numPassedTests,
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests + results.numTodoTests,
      tests: results.testResults.flatMap((file) => file.testResults.map(({ fullName, status, duration }) => ({ file: file.testFilePath, fullName, status, duration }))),
      files: results.testResults.map((file) => ({ file: file.testFilePath, loaded: !file.testExecError, ms: file.perfStats.end - file.perfStats.start })),
    }));
  }

  #clear() {
    if (this.#terminal) process.stderr.write('\r\u001b[K');
  }
}
