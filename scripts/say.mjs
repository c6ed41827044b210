/** Prints one line. */
export function say(line = '') {
  process.stdout.write(`${line}\n`)
}

/** Prints a heading that stands out on a terminal. */
export function heading(title) {
  say(process.stdout.isTTY ? `\n\u001B[1m${title}\u001B[0m` : `\n${title}`)
}

/** Seconds since `start` (performance.now), as text: "3.2 s". */
export function secondsSince(start) {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`
}
