/** Every step at which a fault test may kill or stall a process, in the order of a record's way. */
export const FAULT_POINTS = [
  'producer-append',
  'poll',
  'checker-transact',
  'filter-transact',
  'transform',
  'fence',
  'sweep',
  'tmp-write',
  'tmp-fsync',
  'entry-put',
  'entry-list',
  'data-rename',
  'data-remove',
  'trim',
  'partition-added',
  'offset-stored',
  'database-insert',
  'aggregate-save',
] as const

export type FaultPoint = (typeof FAULT_POINTS)[number]

/** `at`: the step has begun and isn't done, where it has a middle. */
export type FaultMoment = 'before' | 'at' | 'after'

export type FaultHandler = (point: FaultPoint, moment: FaultMoment) => void

// A build defines it as false, and faultPoint becomes an empty function.
// oxlint-disable-next-line no-underscore-dangle
declare const __SLUICE_FAULTS__: boolean | undefined

let installed: FaultHandler | undefined

/** A place where a fault test may strike. It costs one comparison, and nothing in a build. */
export function faultPoint(point: FaultPoint, moment: FaultMoment = 'at'): void {
  if (typeof __SLUICE_FAULTS__ !== 'undefined' && !__SLUICE_FAULTS__) return
  installed?.(point, moment)
}

/** Sets who is called at every fault point of this process; undefined takes it away. What the handler throws, the step throws. */
export function installFaultHandler(handler: FaultHandler | undefined): void {
  installed = handler
}
