import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect } from 'vitest'
import { main } from '#cli/main.ts'
import type { Sink, Terminal } from '#cli/terminal.ts'
import { createEngine } from '#engine/engine.ts'
import { sluice, type Command, type Outcome } from '#tests/faults/crash-run.ts'

/** A folder with a data folder in it, and the command on it as a user calls it. Gone after the test. */
export function freshDesk() {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bad-input-'))
  const home = join(folder, 'home')
  folders.push(folder)
  return {
    folder,
    home,
    /** Writes a file beside the data folder; its path. */
    write: (name: string, text: string): string => {
      const file = join(folder, name)
      writeFileSync(file, text)
      return file
    },
    /** In this process: quick, for commands that end by themselves. */
    sluice: (...args: readonly string[]): Promise<Outcome> => runHere([...args, '--home', home]),
    /** As a process of its own. */
    command: (args: readonly string[], options: Omit<Command, 'args'> = {}): Promise<Outcome> =>
      sluice({ ...options, args: [...args, '--home', home] }),
  }
}

/** The whole command, on the real engine, but for its process. */
export async function runHere(args: readonly string[]): Promise<Outcome> {
  const [out, err] = [textSink(), textSink()]
  const terminal: Terminal = {
    stdin: (async function* () {})(),
    stdinIsTty: false,
    stdout: out.sink,
    stderr: err.sink,
    env: {},
    cwd: tmpdir(),
    self: [process.execPath],
  }
  const code = await main(args, { terminal, signal: new AbortController().signal, createEngine })
  return { code, signal: null, stdout: out.text(), stderr: err.text() }
}

function textSink(): { readonly sink: Sink; readonly text: () => string } {
  const decoder = new TextDecoder()
  let text = ''
  const write = (data: string | Uint8Array): Promise<void> => {
    text += typeof data === 'string' ? data : decoder.decode(data, { stream: true })
    return Promise.resolve()
  }
  return { sink: { isTty: false, columns: 100, write }, text: () => text }
}

const folders: string[] = []

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

export interface Expected {
  readonly code: 1 | 2
  /** Stands in the message: what was wrong, and where. */
  readonly says: readonly (string | RegExp)[]
  /** Stands in the lines below it: what to do now. */
  readonly now: string | RegExp
}

/** One error for a person: what and where in its first lines, what now below, no trace of the program. */
export function expectTold({ code, stdout, stderr }: Outcome, expected: Expected): void {
  expect({ code, stdout }).toEqual({ code: expected.code, stdout: '' })
  expect(stderr).toMatch(/^error: /)
  for (const text of expected.says) expect(stderr).toMatch(text)
  expect(stderr.slice(stderr.indexOf('\n'))).toMatch(expected.now)
  expect(stderr).not.toMatch(/^\s+at |node:internal|\.[jt]s:\d|\[object|undefined/m)
}

/** The same error for a program: one line of JSON with a code, a message and a remedy. */
export function expectJson({ code, stdout, stderr }: Outcome, expected: object): void {
  expect(stdout).toBe('')
  const told: unknown = JSON.parse(stderr)
  expect(told).toMatchObject({ error: expected })
  expect(stderr).toMatch(/"message":".+","remedy":".+"/)
  expect([1, 2]).toContain(code)
}

/** A pipeline of one topic, one sink and one table, over this producer (YAML on one line). */
export function pipelineOver(producer: string): string {
  return `name: rows
title: Rows
summary: One topic, one sink, one table.
topics:
  rows: { columns: { id: { type: long, required: true }, size: double } }
producers:
  source: ${producer}
sinks:
  all: { from: rows, lake: { path: /data/rows, format: parquet } }
tables:
  rows: { path: /data/rows }
`
}

/** A generator of so many records. */
export function generator({ rate, count }: { readonly rate: number; readonly count?: number }): string {
  const ends = count === undefined ? '' : `count: ${count}, `
  return `{ to: rows, generator: { rate: ${rate}, ${ends}seed: 1, record: { id: { sequence: true }, size: { uniform: [0, 9] } } } }`
}
