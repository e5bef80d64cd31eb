import type { Bulletin, NewProgramme, Part, Programme } from '../api/types'

/** A bulletin at its place in a list that is being put in order. */
export interface Piece {
  /** Tells two places of the same bulletin apart. */
  key: number
  id: string
  title: string
  durationMs: number | null
  ready: boolean
}

export const PARTS = ['jingle', 'item', 'sign_off'] as const satisfies Part[]

/** A programme in the making. It outlives the screen: who looks elsewhere loses nothing. */
export interface Draft {
  title: string
  /** What it was made from; none for a new programme. */
  version: number | undefined
  pieces: Record<Part, Piece[]>
  /** How many minutes it shall fit into; only to compare with. */
  slotMin: number | null
  /** What the server has, to tell what is not saved yet. */
  kept: string
}

export const NEW = 'moi'

let lastKey = 0
const drafts = $state<Record<string, Draft>>({})

export function pieceOf(bulletin: Bulletin): Piece {
  return fresh(bulletin.id, bulletin.title, bulletin.duration_ms, bulletin.status === 'ready')
}

function fresh(id: string, title: string, durationMs: number | null, ready: boolean): Piece {
  lastKey += 1
  return { key: lastKey, id, title, durationMs, ready }
}

/** The draft of a programme, made from what the server has unless one is already under way. */
export function draftOf(id: string, programme?: Programme): Draft {
  const found = drafts[id]
  if (found && (isUnsaved(found) || found.version === programme?.version)) return found
  drafts[id] = begun(programme)
  return drafts[id]
}

function begun(programme?: Programme): Draft {
  const pieces: Draft['pieces'] = { jingle: [], item: [], sign_off: [] }
  for (const { bulletin, title, duration_ms, status, part } of programme?.items ?? []) {
    pieces[part].push(fresh(bulletin, title, duration_ms, status === 'ready'))
  }
  const draft: Draft = {
    title: programme?.title ?? '',
    version: programme?.version,
    pieces,
    slotMin: null,
    kept: '',
  }
  return { ...draft, kept: JSON.stringify(wishOf(draft)) }
}

export function dropDraft(id: string): void {
  delete drafts[id]
}

export function wishOf(draft: Draft): NewProgramme {
  const items = PARTS.flatMap((part) => draft.pieces[part].map(({ id }) => ({ bulletin: id, part })))
  return { title: draft.title.trim(), items }
}

export function isUnsaved(draft: Draft): boolean {
  return JSON.stringify(wishOf(draft)) !== draft.kept
}

/** Whether changes to this programme have not been saved. */
export function unsaved(id: string): boolean {
  const found = drafts[id]
  return found !== undefined && isUnsaved(found)
}

export function anyUnsaved(): boolean {
  return Object.values(drafts).some(isUnsaved)
}

export function lengthMs(pieces: Piece[]): number {
  return pieces.reduce((sum, each) => sum + (each.durationMs ?? 0), 0)
}
