/** One measured value. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
}

/** The middle value; the mean of the two middle ones of an even number. NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length >> 1
  const upper = sorted[half] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2
}

/** The median of each figure over several runs, in the order of the first. */
export function medians(runs: readonly (readonly Figure[])[]): Figure[] {
  const [first = []] = runs
  return first.map(({ name, unit }) => {
    const values = runs.flatMap((figures) => figures.filter((figure) => figure.name === name).map(({ value }) => value))
    return { name, unit, value: median(values) }
  })
}
