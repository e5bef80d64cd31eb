import { dayAfter, weekdayOf } from '../format/wall'
import type { Scale } from './layout'

export type View = 'day' | 'week' | 'month'

/** The days a view shows around a day: itself, its week from Monday, or its month. */
export function rangeOf(view: View, day: string): { from: string; days: number } {
  if (view === 'day') return { from: day, days: 1 }
  if (view === 'week') return { from: dayAfter(day, 1 - weekdayOf(day)), days: 7 }
  const from = `${day.slice(0, 8)}01`
  return { from, days: daysInMonth(day) }
}

/** The same view one step earlier or later. */
export function stepped(view: View, day: string, by: 1 | -1): string {
  if (view === 'day') return dayAfter(day, by)
  if (view === 'week') return dayAfter(day, 7 * by)
  const first = `${day.slice(0, 8)}01`
  return by === 1 ? dayAfter(first, daysInMonth(day)) : `${dayAfter(first, -1).slice(0, 8)}01`
}

function daysInMonth(day: string): number {
  const [year = 0, month = 1] = day.split('-').map(Number)
  return new Date(Date.UTC(year, month, 0)).getUTCDate()
}

/** Room for what is always to be readable: hours of a day, times of a week, marks of a month. */
const LEAST_DAY_PX: Record<View, number> = { day: 1200, week: 140, month: 32 }
const LEAST_MARK_PX: Record<View, number> = { day: 120, week: 104, month: 4 }
const MOST_MARK_PX: Record<View, number> = { day: 300, week: 132, month: 4 }

export function scaleOf(view: View, days: number, roomPx: number): Scale {
  // One pixel less than there is: rounding must not make the grid scroll sideways.
  const pxPerDay = Math.max((roomPx - 1) / days, LEAST_DAY_PX[view])
  return { pxPerDay, leastPx: LEAST_MARK_PX[view], mostPx: MOST_MARK_PX[view] }
}
