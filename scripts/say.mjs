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

/** Says on one line what is being done, on a terminal also for how long so far, until `work` has ended. */
export async function saying(title, work) {
  const start = performance.now()
  if (!process.stdout.isTTY) say(`${title} …`)
  const redraw = () => process.stdout.write(`\r\u001B[K${title} … ${Math.round((performance.now() - start) / 1000)} s`)
  const timer = process.stdout.isTTY ? setInterval(redraw, 200) : undefined
  try {
    return await work()
  } finally {
    clearInterval(timer)
    if (timer !== undefined) process.stdout.write(`\r\u001B[K`)
    say(`${title}: ${secondsSince(start)}`)
  }
}
