import { describe, expect, test } from '@jest/globals';
import { PluginContractError, pending, skip, statusOf, unresolvable, unschedulable, wait, type ExtensionPoint } from '../../src/scheduler/status.js';

describe('K4 K5 what a plugin may answer', () => {
  const answers = { Success: true, Skip: skip, Wait: wait(5), Pending: pending('p'), Unschedulable: unschedulable('u'), UnschedulableAndUnresolvable: unresolvable('r') } as const;
  const rejections = ['Pending', 'Unschedulable', 'UnschedulableAndUnresolvable'];
  test.each<readonly [ExtensionPoint, readonly string[]]>([
    ['preEnqueue', ['Success', ...rejections]],
    ['preFilter', ['Success', 'Skip', ...rejections]],
    ['filter', ['Success', 'Unschedulable', 'UnschedulableAndUnresolvable']],
    ['postFilter', ['Success', 'Unschedulable', 'UnschedulableAndUnresolvable']],
    ['preScore', ['Success', 'Skip']],
    ['reserve', ['Success', ...rejections]],
    ['permit', ['Success', 'Wait', ...rejections]],
    ['preBindPreFlight', ['Success', 'Skip']],
    ['preBind', ['Success', ...rejections]],
    ['bind', ['Success', 'Skip']],
  ])('at %s', (point, legal) => {
    for (const [code, answer] of Object.entries(answers)) {
      if (legal.includes(code)) expect(statusOf('P', point, answer).code).toBe(code);
      else expect(() => statusOf('P', point, answer)).toThrow(`plugin P answered the status "${code}" at ${point}`);
    }
  });

  test.each([false, null, 3, Symbol('x'), {}, [], { code: 'Sucess' }, { code: 3 }, { code: 'Unschedulable', reason: 5 }, () => true])('%p is no answer of a filter', (answer) => {
    expect(() => statusOf('P', 'filter', answer)).toThrow(PluginContractError);
  });

  test('nothing is success, but not where a verdict is asked for', () => {
    expect(statusOf('P', 'reserve', undefined).code).toBe('Success');
    expect(() => statusOf('P', 'filter', undefined)).toThrow('answered undefined');
    expect(statusOf('P', 'filter', 'no disk')).toEqual({ code: 'Unschedulable', reason: 'no disk' });
    expect(() => statusOf('P', 'permit', { code: 'Wait' })).toThrow('gave no time to wait');
  });
});
