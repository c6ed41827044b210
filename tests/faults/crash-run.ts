import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A pipeline of a generator with bad records, a filter with both its outputs filed, and dead letters filed. */
export function crashPipeline(
  folder: string,
  { count, rate }: { readonly count: number; readonly rate: number },
): string {
  const file = join(folder, 'crash.yaml')
  writeFileSync(
    file,
    `name: crash
title: Crash
summary: Everything exactly once, whatever dies.
topics:
  events:
    partitions: 3
    columns: { id: string, seq: long, amount: double, at: timestamp }
    time: at
  large: { like: events }
producers:
  source:
    to: events
    key: id
    generator:
      rate: ${rate}
      count: ${count}
      seed: 7
      faults: { malformed: 0.01, late: 0.0, duplicate: 0.0 }
      record:
        id: { pattern: "id-{sequence}" }
        seq: { sequence: true }
        amount: { uniform: [0, 100] }
        at: { now: true }
filters:
  over_half:
    from: events
    to: large
    where: amount > 50
sinks:
  all: { from: events, lake: { path: /crash/all, format: parquet, partition_by: [dt, hour] } }
  large: { from: large, lake: { path: /crash/large, format: parquet } }
  rejected: { from: events.rejected, lake: { path: /crash/rejected, format: json } }
tables:
  all_events: { path: /crash/all }
  large_events: { path: /crash/large }
  rejected_events: { path: /crash/rejected }
`,
  )
  return file
}

/** The sources, even where a build stands beside them: a build has no fault points. */
const COMMAND = join(import.meta.dirname, '..', '..', 'src', 'cli', 'index.ts')

export interface Command {
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Killed with its whole process group after so many milliseconds. */
  readonly killAfterMs?: number
  readonly onStart?: (child: ChildProcess) => void
}

export interface Outcome {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command in a process group of its own. */
export function sluice({ args, env = {}, killAfterMs, onStart }: Command): Promise<Outcome> {
  const child = spawn(process.execPath, ['--no-warnings', COMMAND, ...args], {
    detached: true,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onStart?.(child)
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => killGroup(child), killAfterMs)
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      resolve({ code, signal, stdout, stderr })
    })
  })
}

export function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // It was gone already.
  }
}

/** The pids of a process's children. */
export function childrenOf(pid: number | undefined): number[] {
  const file = `/proc/${pid}/task/${pid}/children`
  if (pid === undefined || !existsSync(file)) return []
  return readFileSync(file, 'utf8').trim().split(' ').filter(Boolean).map(Number)
}
