export interface Note {
  id: number
  text: string
  kind: 'good' | 'bad'
}

const SHOWN_MS = 7_000
const MOST_SHOWN = 3

let shown = $state.raw<Note[]>([])
let last = 0

/** Short news at the foot of the screen, read aloud by screen readers. */
export function notes(): Note[] {
  return shown
}

export function tell(text: string, kind: Note['kind'] = 'good'): void {
  last += 1
  const id = last
  shown = [...shown, { id, text, kind }].slice(-MOST_SHOWN)
  setTimeout(() => dismiss(id), SHOWN_MS)
}

export function dismiss(id: number): void {
  shown = shown.filter((note) => note.id !== id)
}
