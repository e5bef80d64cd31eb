const MOST = 200

/** A title a person may keep: the name of the file without its ending and its underscores. */
export function titleOf(fileName: string): string {
  const name = fileName.replace(/\.[a-z0-9]{1,5}$/i, '')
  const words = name.normalize('NFC').replace(/[_\s]+/g, ' ').trim()
  return (words.charAt(0).toUpperCase() + words.slice(1)).slice(0, MOST)
}
