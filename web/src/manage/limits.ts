import type { Area, Caps, VolumeWindow, Window } from '../api/generated'
import { weekdayName } from '../format/rule'
import { t } from '../i18n/index.svelte'
import { pathOf } from './tree'

export type Setting = 'hours' | 'caps' | 'volumes' | 'self_approval'
export const WEEK = [1, 2, 3, 4, 5, 6, 7]
const NIGHT_END = '24:00'

/** One window as a form holds it; the percentage counts where it is a volume. */
export interface WindowForm {
  weekdays: number[]
  start: string
  end: string
  percent: number
}

/** Limits as a form holds them; empty is no limit. */
export interface CapsForm {
  sessions: string
  session: string
  day: string
}

/** Where a setting in force at an area was decided; nothing when nowhere in sight. */
export function decidedAt(areas: Area[], id: string, setting: Setting): Area | undefined {
  return pathOf(areas, id).find((area) => area.own[setting] !== null)
}

/** thứ hai đến thứ sáu: 05:00–07:00 */
export function windowInWords(window: Window | VolumeWindow): string {
  const time = `${window.start}–${window.end}`
  const said = t('limits.window', { days: daysInWords(window.weekdays), time })
  return 'percent' in window ? t('limits.window_percent', { window: said, n: window.percent }) : said
}

export function daysInWords(weekdays: number[]): string {
  const days = [...new Set(weekdays)].sort()
  if (days.length === WEEK.length) return t('limits.every_day')
  const first = days[0]
  const last = days.at(-1)
  if (first === undefined || last === undefined) return t('limits.no_day')
  if (days.length > 2 && last - first === days.length - 1) {
    return t('limits.days_from_to', { from: weekdayName(first), to: weekdayName(last) })
  }
  return days.map(weekdayName).join(', ')
}

/** Each limit as one line; a place without limits says so. */
export function capsInWords(caps: Caps): string[] {
  const lines = [
    caps.sessions_per_day !== null ? t('limits.caps_sessions', { n: caps.sessions_per_day }) : '',
    caps.session_min !== null ? t('limits.caps_session', { n: caps.session_min }) : '',
    caps.day_min !== null ? t('limits.caps_day', { n: caps.day_min }) : '',
  ].filter(Boolean)
  return lines.length ? lines : [t('limits.caps_none')]
}

export function formOf(windows: (Window | VolumeWindow)[]): WindowForm[] {
  return windows.map((window) => ({
    weekdays: [...window.weekdays],
    start: window.start,
    end: window.end === NIGHT_END ? '00:00' : window.end,
    percent: 'percent' in window ? window.percent : 100,
  }))
}

/** A window to begin with, on all days. */
export function freshWindow(): WindowForm {
  return { weekdays: [...WEEK], start: '', end: '', percent: 80 }
}

/** The windows as the server takes them, or nothing while a time is missing. */
export function windowsOf(forms: WindowForm[]): Window[] | undefined {
  if (forms.some((form) => !form.start || !form.end)) return undefined
  return forms.map(({ weekdays, start, end }) => ({ weekdays, start, end: endOf(end) }))
}

export function volumesOf(forms: WindowForm[]): VolumeWindow[] | undefined {
  const windows = windowsOf(forms)
  return windows?.map((window, index) => ({ ...window, percent: forms[index]?.percent ?? 0 }))
}

export function capsForm(caps: Caps): CapsForm {
  const text = (n: number | null) => (n === null ? '' : String(n))
  return { sessions: text(caps.sessions_per_day), session: text(caps.session_min), day: text(caps.day_min) }
}

/** The limits as the server takes them, or nothing while something typed is no whole number. */
export function capsOf(form: CapsForm): Caps | undefined {
  const numbers = [form.sessions, form.session, form.day].map((text) => {
    const plain = String(text ?? '').trim()
    if (plain === '') return null
    return /^\d{1,4}$/.test(plain) && Number(plain) > 0 ? Number(plain) : undefined
  })
  const [sessions, session, day] = numbers
  if (sessions === undefined || session === undefined || day === undefined) return undefined
  return { sessions_per_day: sessions, session_min: session, day_min: day }
}

/** A day ends at midnight: 00:00 at the end of a window is 24:00. */
function endOf(end: string): string {
  return end === '00:00' ? NIGHT_END : end
}
