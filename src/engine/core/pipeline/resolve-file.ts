const ABSOLUTE = /^([a-z]:)?[/\\]/i

/** A file's path: absolute as it is, a relative one from the folder, "." and ".." taken out. "/" separates in both. */
export function resolveFile(folder: string | undefined, file: string): string {
  if (folder === undefined || ABSOLUTE.test(file)) return file
  const parts: string[] = []
  for (const part of `${folder}/${file}`.split(/[/\\]/)) {
    if (part === '..' && parts.length > 1) parts.pop()
    else if (part !== '.' && part !== '..' && (part !== '' || parts.length === 0)) parts.push(part)
  }
  return parts.join('/')
}
