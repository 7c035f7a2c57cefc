import type { StatusCause } from '../../core/resource/status.js';
import { invalid } from '../../core/resource/validation/causes.js';

/** A number that may not be negative. */
export function atLeastZero(value: number | undefined, field: string): readonly StatusCause[] {
  return value !== undefined && value < 0 ? [invalid(field, value, 'must be greater than or equal to 0')] : [];
}

export function portNumberCauses(port: number, field: string): readonly StatusCause[] {
  return port >= 1 && port <= 65_535 ? [] : [invalid(field, port, 'must be between 1 and 65535, inclusive')];
}

export function portNumberOrNameCauses(port: number | string, field: string): readonly StatusCause[] {
  return typeof port === 'number' ? portNumberCauses(port, field) : portNameProblems(port).map((problem) => invalid(field, port, problem));
}

/** What is wrong with a port's name (IANA service names). */
export function portNameProblems(name: string): readonly string[] {
  return [
    ...(name.length > 15 ? ['must be no more than 15 characters'] : []),
    ...(/^[-a-z0-9]+$/.test(name) ? [] : ['must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)']),
    ...(/[a-z]/.test(name) ? [] : ['must contain at least one letter (a-z)']),
    ...(name.includes('--') ? ['must not contain consecutive hyphens'] : []),
    ...(name.startsWith('-') || name.endsWith('-') ? ['must not begin or end with a hyphen'] : []),
  ];
}
