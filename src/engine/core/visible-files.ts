import { type DataFileName, hidden, parseDataFileName } from './commit-log/data-file-name.ts'

/**
 * From the names of the files in one folder those that a reader may see, in their given order: not the hidden ones, and not
 * a data file whose range lies inside that of one with a higher n of the same topic and partition (it was merged, or is
 * being replaced, and is about to go). Foreign files are visible, as they are to Hive.
 */
export function decideVisible(names: readonly string[]): readonly string[] {
  const shown = names.filter((name) => !hidden(name))
  const covered = coveredFiles(shown)
  return covered.size === 0 ? shown : shown.filter((name) => !covered.has(name))
}

interface Named extends DataFileName {
  readonly name: string
}

function coveredFiles(names: readonly string[]): ReadonlySet<string> {
  const covered = new Set<string>()
  for (const files of byPartition(names)) {
    let open: Named[] = []
    for (const file of files.sort(byRange)) {
      open = open.filter((other) => other.last >= file.first)
      if (open.some((other) => other.last >= file.last && other.n > file.n)) covered.add(file.name)
      open.push(file)
    }
  }
  return covered
}

function byPartition(names: readonly string[]): readonly Named[][] {
  const groups = new Map<string, Named[]>()
  for (const name of names) {
    const file = parseDataFileName(name)
    if (!file) continue
    const key = `${file.topic}-${file.partition}`
    const group = groups.get(key)
    if (group) group.push({ ...file, name })
    else groups.set(key, [{ ...file, name }])
  }
  return [...groups.values()]
}

// Whatever covers a file comes before it: an earlier start, else a later end, else a higher n.
function byRange(a: Named, b: Named): number {
  return a.first - b.first || b.last - a.last || b.n - a.n
}
