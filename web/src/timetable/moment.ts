import { dayAfter, wallOf } from '../format/wall'

/** A place on the timetable: which of its days, and minutes since that day's midnight. */
export interface Moment {
  day: number
  minutes: number
}

const MINUTE_MS = 60_000
const DAY_MINUTES = 1440
const DAY_MS = DAY_MINUTES * MINUTE_MS
/** No zone moves its clocks inside a quarter of an hour, so one look at the calendar serves it. */
const QUARTER_MS = 15 * MINUTE_MS

/**
 * Wall time of many instants. Asking Intl for each of ten thousand would take longer than drawing
 * them; a day whose two ends lie equally far from UTC is asked twice and no more.
 */
export function momentsOf(zone: string, first: string): (instant: number) => Moment {
  const midnight = Date.parse(`${first}T00:00:00Z`)
  const ends = remembered((day) => offsetAt(day * DAY_MS, zone))
  const quarters = remembered((quarter) => offsetAt(quarter * QUARTER_MS, zone))
  return (instant) => {
    const utcDay = Math.floor(instant / DAY_MS)
    const even = ends(utcDay) === ends(utcDay + 1)
    const offset = even ? ends(utcDay) : quarters(Math.floor(instant / QUARTER_MS))
    const minutes = (instant + offset - midnight) / MINUTE_MS
    const day = Math.floor(minutes / DAY_MINUTES)
    return { day, minutes: minutes - day * DAY_MINUTES }
  }
}

function remembered(find: (key: number) => number): (key: number) => number {
  const found = new Map<number, number>()
  return (key) => {
    const known = found.get(key) ?? find(key)
    found.set(key, known)
    return known
  }
}

function offsetAt(instant: number, zone: string): number {
  const wall = wallOf(new Date(instant), zone)
  return Date.parse(`${wall.day}T${wall.time}:00Z`) - instant
}

/** 2026-11-24T17:05 of a day and minutes since its midnight, which may run over either end. */
export function localStart(day: string, minutes: number): string {
  const over = Math.floor(minutes / DAY_MINUTES)
  const rest = minutes - over * DAY_MINUTES
  return `${dayAfter(day, over)}T${clock(rest)}`
}

/** 17:05 of minutes since midnight. */
export function clock(minutes: number): string {
  const whole = Math.floor(minutes)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(Math.floor(whole / 60))}:${two(whole % 60)}`
}

/** The local start an occurrence is named by: what was ordered, whatever became of it. */
export function orderedStart(occurrence: string): string {
  return (occurrence.split('@')[1] ?? '').slice(0, 16)
}
