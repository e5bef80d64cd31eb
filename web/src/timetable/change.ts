import { orderedStart } from './moment'
import type { Change, PlanEvent, Scope } from './types'

/** Where and how long an occurrence shall sound instead, and which of its series with it. */
export interface Wish {
  /** 2026-11-25 */
  day: string
  /** 17:35 */
  time: string
  slotMin: number
  scope: Scope
}

/** What is asked of the server: only what differs from how it stands. */
export function changeOf(event: PlanEvent, slotMin: number, wish: Wish): Change {
  const occurrence = orderedStart(event.occurrence)
  const start = `${wish.day}T${wish.time}`
  const change: Change = { scope: wish.scope, occurrence }
  if (start !== occurrence) change.start = start
  if (wish.slotMin !== slotMin) change.slot_min = wish.slotMin
  return change
}

export function changesSomething(change: Change): boolean {
  return change.start !== undefined || change.slot_min !== undefined
}
