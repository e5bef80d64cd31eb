import type { Window } from '../api/types'
import { t } from '../i18n/index.svelte'
import { minutesOf, weekdayOf } from './wall'

/** Minutes of the day before and after which a loudspeaker may wake people; the server marks alike. */
export const EARLY_UNTIL = 6 * 60
export const LATE_FROM = 21 * 60
const WHOLE_DAY = 24 * 60

/** A stretch of the day in minutes since midnight. */
export interface Span {
  from: number
  to: number
}

export function isEarly(time: string): boolean {
  return minutesOf(time) < EARLY_UNTIL
}

export function isLate(time: string): boolean {
  return minutesOf(time) >= LATE_FROM
}

export function permittedOn(day: string, windows: Window[]): Span[] {
  const weekday = weekdayOf(day)
  return windows
    .filter((window) => window.weekdays.includes(weekday))
    .map((window) => ({ from: minutesOf(window.start), to: minutesOf(window.end) }))
    .sort((a, b) => a.from - b.from)
}

/** What of the day lies outside the given stretches. */
export function outside(spans: Span[]): Span[] {
  const gaps: Span[] = []
  let at = 0
  for (const span of spans) {
    if (span.from > at) gaps.push({ from: at, to: span.from })
    at = Math.max(at, span.to)
  }
  if (at < WHOLE_DAY) gaps.push({ from: at, to: WHOLE_DAY })
  return gaps
}

/** Whether a play of this length lies wholly inside; the server and the stations judge it again. */
export function fits(time: string, durationMs: number, spans: Span[]): boolean {
  const from = minutesOf(time)
  const to = from + durationMs / 60_000
  return spans.some((span) => span.from <= from && to <= span.to)
}

/** 05:00–08:30, 16:00–19:30 */
export function windowsInWords(windows: Window[]): string {
  if (!windows.length) return t('time.no_hours')
  const texts = windows.map((window) => `${window.start}–${window.end}`)
  return [...new Set(texts)].join(', ')
}
