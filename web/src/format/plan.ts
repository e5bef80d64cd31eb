import { isKey, t } from '../i18n/index.svelte'
import { orderedStart } from '../timetable/moment'
import type { AnyClass, Outcome } from '../timetable/types'
import { currentZone } from '../state/zone.svelte'
import { wallOf } from './wall'
import { EARLY_UNTIL, LATE_FROM } from './hours'
import { timeOf } from './time'

/** What the sentence about an occurrence is made of; both lists of the server have it. */
export interface Fate {
  occurrence: string
  starts_at: string
  ends_at: string
  outcome: Outcome
  reason: string | null
  winner_title: string | null
  sounds?: { begin: string; end: string; offset_ms: number }[]
}

/** Before six or after nine in the evening: an hour that may wake people. */
export type OddHour = 'early' | 'late'

export function oddHour(instant: string, zone = currentZone()): OddHour | undefined {
  return oddMinutes(wallOf(new Date(instant), zone).minutes)
}

export function oddMinutes(minutes: number): OddHour | undefined {
  if (minutes < EARLY_UNTIL) return 'early'
  return minutes >= LATE_FROM ? 'late' : undefined
}

/** What becomes of an occurrence and why, in one sentence; nothing when all of it sounds in time. */
export function fateInWords(fate: Fate): string | undefined {
  const winner = fate.winner_title ?? t('timetable.another')
  if (fate.outcome === 'silent') return silentInWords(fate.reason, winner)
  if (fate.outcome === 'cut') {
    return t('timetable.fate.cut', { winner, from: timeOf(heardFrom(fate)), time: timeOf(heardUntil(fate)) })
  }
  if (fate.outcome === 'later') return laterInWords(fate, winner)
  return undefined
}

function silentInWords(reason: string | null, winner: string): string {
  const key = `timetable.fate.${reason}`
  return isKey(key) ? t(key) : t('timetable.fate.silent', { winner })
}

function laterInWords(fate: Fate, winner: string): string {
  const begin = timeOf(heardFrom(fate))
  const inTime = begin === orderedStart(fate.occurrence).slice(11)
  return (fate.sounds ? fate.sounds.length > 1 : inTime)
    ? t('timetable.fate.resumed', { winner, time: timeOf(heardUntil(fate)) })
    : t('timetable.fate.later', { winner, time: begin })
}

function heardFrom(fate: Fate): string {
  return fate.sounds?.[0]?.begin ?? fate.starts_at
}

function heardUntil(fate: Fate): string {
  return fate.sounds?.at(-1)?.end ?? fate.ends_at
}

export function className(kind: AnyClass): string {
  return t(`timetable.class.${kind}`)
}

/** 17:00–17:15, or 17:00 of what is over within the minute. */
export function fromTo(startsAt: string, endsAt: string): string {
  const [from, to] = [timeOf(startsAt), timeOf(endsAt)]
  return from === to ? from : `${from}–${to}`
}
