const HOUR_MS = 3_600_000

/** From so many files of a sink in the clock's hour on, a batch may be so old before it closes. Milliseconds. */
const STEPS = [
  { files: 600, ageMs: 60_000 },
  { files: 400, ageMs: 30_000 },
  { files: 200, ageMs: 10_000 },
] as const

/** How old a batch of this sink may get now: a moment for the very first, then `startMs`, growing with the files that were filed in the hour. */
/** The first file of a sink comes early: somebody who has just started it wants to see a row. */
const FIRST_MS = 250

export interface CloseAge {
  ageMs(now: number): number
  filed(files: number, now: number): void
}

/** One for all partitions of a sink in a process. A fixed age (the pipeline's own) never grows. */
export function closeAge(startMs: number, fixedMs?: number): CloseAge {
  let hour = -1
  let files = 0
  let begun = false
  const roll = (now: number): void => {
    const current = Math.floor(now / HOUR_MS)
    if (current !== hour) files = 0
    hour = current
  }
  return {
    ageMs(now) {
      roll(now)
      if (fixedMs !== undefined) return fixedMs
      if (!begun) return Math.min(startMs, FIRST_MS)
      return Math.max(startMs, STEPS.find((step) => files >= step.files)?.ageMs ?? startMs)
    },
    filed(more, now) {
      roll(now)
      files += more
      begun = true
    },
  }
}
