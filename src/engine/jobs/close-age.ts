const HOUR_MS = 3_600_000

/** From so many files of a sink in the clock's hour on, a batch may be so old before it closes. Milliseconds. */
const STEPS = [
  { files: 600, ageMs: 60_000 },
  { files: 400, ageMs: 30_000 },
  { files: 200, ageMs: 10_000 },
] as const

/** How old a batch of this sink may get now: `startMs` at first, growing with the files that were filed in the hour. */
export interface CloseAge {
  ageMs(now: number): number
  filed(files: number, now: number): void
}

/** One for all partitions of a sink in a process. A fixed age (the pipeline's own) never grows. */
export function closeAge(startMs: number, fixedMs?: number): CloseAge {
  let hour = -1
  let files = 0
  const roll = (now: number): void => {
    const current = Math.floor(now / HOUR_MS)
    if (current !== hour) files = 0
    hour = current
  }
  return {
    ageMs(now) {
      roll(now)
      if (fixedMs !== undefined) return fixedMs
      return Math.max(startMs, STEPS.find((step) => files >= step.files)?.ageMs ?? startMs)
    },
    filed(more, now) {
      roll(now)
      files += more
    },
  }
}
