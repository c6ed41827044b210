import { readFileSync } from 'node:fs'

/** Memory of a process and all its descendants now, in bytes; pages that they share count once for each. Linux. */
export function treeMemory(pid: number): number {
  return treeOf(pid).reduce((sum, one) => sum + residentOf(one), 0)
}

/** Watches a tree until stopped; the answer is the most memory that it had, in bytes. */
export function watchMemory(pid: number): () => number {
  let peak = 0
  const timer = setInterval(() => (peak = Math.max(peak, treeMemory(pid))), 25)
  return () => {
    clearInterval(timer)
    return peak
  }
}

function treeOf(pid: number): readonly number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean).map(Number)
  return [pid, ...children.flatMap(treeOf)]
}

function residentOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024
}

// A process that has just ended has no file any more.
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
