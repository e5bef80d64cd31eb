import { layOut, type Laid, type Scale, type Span } from './layout'
import { planOf, type Plan } from './plan'
import type { PlanEvent, Timetable } from './types'

/** Timetables for tests: the demo commune on a week in November. */
export const MONDAY = '2026-11-23'

export function anEvent(local: string, more: Partial<PlanEvent> = {}): PlanEvent {
  const starts = new Date(`${local}:00+07:00`)
  return {
    occurrence: `bp-1@${local}:00`,
    broadcast: 'bp-1',
    title: 'Bản tin sáng',
    class: 'ordinary',
    starts_at: starts.toISOString(),
    ends_at: new Date(starts.getTime() + 15 * 60_000).toISOString(),
    slot_ms: null,
    outcome: 'whole',
    reason: null,
    winner_title: null,
    waiting: false,
    may_change: true,
    ...more,
  }
}

export function aTable(lines: PlanEvent[][], rows = lines.map((_, index) => index)): Timetable {
  const events = [...new Set(lines.flat())]
  return {
    zone: 'Asia/Ho_Chi_Minh',
    days: Array.from({ length: 7 }, (_, day) => ({
      date: `2026-11-${23 + day}`,
      lunar: { day: 15 + day, month: 10, leap: false },
      holiday: null,
    })),
    rows: rows.map((line, index) => ({ id: `s-${index}`, name: `Cụm loa ${index}`, area_name: 'Xã', line })),
    lines: lines.map((line) => line.map((event) => events.indexOf(event))),
    events,
  }
}

export function aPlan(lines: PlanEvent[][], rows?: number[]): Plan {
  return planOf(aTable(lines, rows))
}

export const SCALE: Scale = { pxPerDay: 1440, leastPx: 100, mostPx: 100 }

export function laidOut(spans: Span[], scale = SCALE, days = 1): Laid {
  return layOut(spans.map((_, index) => index), spans, days, scale)
}
