/** An event held in the hand, by mouse, finger or keyboard, and where it has been carried. */
export interface Hold {
  event: number
  /** Minutes from the first midnight of the timetable: where it was ordered to begin. */
  start: number
  slot: number
  newStart: number
  newSlot: number
}

/** Where something was put down. */
export interface Carried {
  /** 2026-11-25T17:35 */
  start: string
  slotMin: number
}

export const SNAP_MIN = 5
const DAY_MIN = 1440
const HOUR_MIN = 60
export const LEAST_SLOT_MIN = 1
/** An occurrence that sounds longer is no bulletin. */
export const MOST_SLOT_MIN = 12 * HOUR_MIN

export function take(event: number, start: number, slotMin: number): Hold {
  const slot = Math.max(Math.ceil(slotMin), 1)
  return { event, start, slot, newStart: start, newSlot: slot }
}

export function hasMoved(hold: Hold): boolean {
  return hold.newStart !== hold.start || hold.newSlot !== hold.slot
}

/** Where the hand is now, from where it took hold; lands on whole five minutes. */
export function carried(hold: Hold, byMinutes: number): Hold {
  const to = Math.round((hold.start + byMinutes) / SNAP_MIN) * SNAP_MIN
  return { ...hold, newStart: byMinutes === 0 ? hold.start : to }
}

export function stretched(hold: Hold, byMinutes: number): Hold {
  if (byMinutes === 0) return { ...hold, newSlot: hold.slot }
  const to = Math.round((hold.slot + byMinutes) / SNAP_MIN) * SNAP_MIN
  return { ...hold, newSlot: withinSlot(to) }
}

function withinSlot(minutes: number): number {
  return Math.min(Math.max(minutes, SNAP_MIN), MOST_SLOT_MIN)
}

export type Pressed =
  | { kind: 'held'; hold: Hold }
  | { kind: 'dropped'; hold: Hold }
  | { kind: 'left' }
  | { kind: 'nothing' }

/** What a key does to an event held by keyboard. */
export function press(hold: Hold, key: string, shift: boolean): Pressed {
  const held = (changed: Partial<Hold>): Pressed => ({ kind: 'held', hold: { ...hold, ...changed } })
  switch (key) {
    case 'Escape':
      return { kind: 'left' }
    case 'Enter':
    case ' ':
      return hasMoved(hold) ? { kind: 'dropped', hold } : { kind: 'left' }
    case 'ArrowRight':
      return held(shift ? { newSlot: withinSlot(next(hold.newSlot)) } : { newStart: next(hold.newStart) })
    case 'ArrowLeft':
      return held(shift ? { newSlot: withinSlot(before(hold.newSlot)) } : { newStart: before(hold.newStart) })
    case 'ArrowDown':
      return held(shift ? { newSlot: withinSlot(hold.newSlot + HOUR_MIN) } : { newStart: hold.newStart + DAY_MIN })
    case 'ArrowUp':
      return held(shift ? { newSlot: withinSlot(hold.newSlot - HOUR_MIN) } : { newStart: hold.newStart - DAY_MIN })
    case 'PageDown':
      return held({ newStart: hold.newStart + HOUR_MIN })
    case 'PageUp':
      return held({ newStart: hold.newStart - HOUR_MIN })
    default:
      return { kind: 'nothing' }
  }
}

function next(minutes: number): number {
  return (Math.floor(minutes / SNAP_MIN) + 1) * SNAP_MIN
}

function before(minutes: number): number {
  return (Math.ceil(minutes / SNAP_MIN) - 1) * SNAP_MIN
}
