import { dayAfter, weekdayOf } from '../format/wall'
import { orderedStart } from './moment'
import type { Change, Conflict, PlanEvent, Scope } from './types'

/** Where and how long an occurrence shall sound instead, and which of its series with it. */
export interface Wish {
  /** 2026-11-25 */
  day: string
  /** 17:35 */
  time: string
  slotMin: number
  scope: Scope
}

/** A repeating wish as the API writes it. */
export interface Repeating {
  mode: 'rule'
  times: string[]
  from: string
  until: string | null
  repeat: {
    every: number
    unit: 'day' | 'week' | 'month'
    weekdays: number[] | null
    month_day: number | null
    nth: { week: number; weekday: number } | null
  }
  extra: string[]
  left_out: string[]
  holidays: { policy: string; days: string[]; times: string[] }
}

export type AnyWhen = { mode: 'now' } | { mode: 'at'; start: string } | Repeating

/** What the server must know of a broadcast to say what it would collide with. */
export interface Ordered {
  id: string
  bulletins: string[]
  programme?: string | null
  audiences: { id: string }[]
  class: string
  when: AnyWhen
  late?: unknown
}

export function startOf(wish: Wish): string {
  return `${wish.day}T${wish.time}`
}

/** What is asked of the server: only what differs from how it stands. */
export function changeOf(event: PlanEvent, slotMin: number, wish: Wish): Change {
  const change: Change = { scope: wish.scope, occurrence: event.occurrence }
  if (startOf(wish) !== orderedStart(event.occurrence)) change.start = startOf(wish)
  if (wish.slotMin !== slotMin) change.slot_min = wish.slotMin
  return change
}

export function changesSomething(change: Change): boolean {
  return change.start !== undefined || change.slot_min !== undefined
}

/** The broadcast as it would be ordered with the wish fulfilled, for the preview. */
export function orderOf(ordered: Ordered, occurrence: string, wish: Wish): Record<string, unknown> {
  const what = ordered.programme ? { programme: ordered.programme } : { bulletins: ordered.bulletins }
  return {
    ...what,
    audiences: ordered.audiences.map((audience) => audience.id),
    class: ordered.class,
    ...(ordered.late ? { late: ordered.late } : {}),
    slot_min: wish.slotMin,
    when: whenOf(ordered.when, orderedStart(occurrence), wish),
  }
}

function whenOf(when: AnyWhen, from: string, wish: Wish): AnyWhen {
  if (wish.scope === 'one' || when.mode !== 'rule') return { mode: 'at', start: startOf(wish) }
  return moved(when, from, wish)
}

/** A series of which the times of one occurrence, and every later or other one like it, move. */
function moved(when: Repeating, from: string, wish: Wish): Repeating {
  const [fromDay = '', fromTime = ''] = from.split('T')
  const by = daysBetween(fromDay, wish.day)
  const times = [...new Set(when.times.map((time) => (time.slice(0, 5) === fromTime ? wish.time : time.slice(0, 5))))]
  const { weekdays, month_day: monthDay, nth } = when.repeat
  return {
    ...when,
    times: times.sort(),
    from: wish.scope === 'from_here' ? wish.day : dayAfter(when.from, by),
    repeat: {
      ...when.repeat,
      weekdays: weekdays && weekdays.map((weekday) => turned(weekday, by)).sort(),
      month_day: monthDay === null || by === 0 ? monthDay : Number(wish.day.slice(8)),
      nth: nth && { ...nth, weekday: by === 0 ? nth.weekday : weekdayOf(wish.day) },
    },
    extra: wish.scope === 'from_here' ? when.extra.filter((start) => start >= from) : when.extra,
  }
}

function turned(weekday: number, by: number): number {
  return ((((weekday - 1 + by) % 7) + 7) % 7) + 1
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)
}

/** Collisions with others; what is to be moved cannot stand in its own way. */
export function withOthers(conflicts: Conflict[], broadcast: string): Conflict[] {
  return conflicts.filter(({ winner, loser }) => winner.broadcast !== broadcast && loser.broadcast !== broadcast)
}
