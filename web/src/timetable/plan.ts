import { momentsOf, orderedStart } from './moment'
import { layOut, type Laid, type Scale, type Span } from './layout'
import type { PlanEvent, Timetable } from './types'
import type { Spot } from './walk'

/** A timetable with the wall time of every event found once. */
export interface Plan {
  table: Timetable
  spans: Span[]
}

export function planOf(table: Timetable): Plan {
  const moment = momentsOf(table.zone, table.days[0]?.date ?? '2000-01-01')
  const spans = table.events.map((event) => {
    const begin = Date.parse(event.starts_at)
    const { day, minutes } = moment(begin)
    return { day, minutes, length: Math.max((Date.parse(event.ends_at) - begin) / 60_000, 0) }
  })
  return { table, spans }
}

/** Every line laid out once; rows that share a line share its layout. */
export function layOutLines(plan: Plan, scale: Scale): Laid[] {
  const days = plan.table.days.length
  return plan.table.lines.map((line) => layOut(line, plan.spans, days, scale))
}

/** Where an event was ordered to begin, in minutes from the first midnight of the timetable. */
export function orderedMinutes(plan: Plan, event: number): number {
  const first = plan.table.days[0]?.date ?? ''
  const ordered = orderedStart(plan.table.events[event]?.occurrence ?? '')
  const span = plan.spans[event]
  const minutes = (Date.parse(`${ordered}Z`) - Date.parse(`${first}T00:00Z`)) / 60_000
  // An occurrence that names no start is where it sounds.
  return Number.isNaN(minutes) ? (span?.day ?? 0) * 1440 + (span?.minutes ?? 0) : minutes
}

/** The slot an event has: its own, or as long as what is played. */
export function slotMinutes(event: PlanEvent): number {
  const ms = event.slot_ms ?? Date.parse(event.ends_at) - Date.parse(event.starts_at)
  return Math.max(Math.ceil(ms / 60_000), 1)
}

/** Where the occurrence of a spot stands in another answer, if it still does. */
export function sameSpot(before: Plan, after: Plan, spot: Spot): Spot | undefined {
  const place = before.table.rows[spot.row]?.id
  const occurrence = before.table.events[spot.event]?.occurrence
  const row = after.table.rows.findIndex((each) => each.id === place)
  const line = after.table.lines[after.table.rows[row]?.line ?? -1] ?? []
  const event = line.find((each) => after.table.events[each]?.occurrence === occurrence)
  return event === undefined ? undefined : { row, event }
}
