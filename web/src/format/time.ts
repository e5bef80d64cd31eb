import { locale, t } from '../i18n/index.svelte'
import { currentZone } from '../state/zone.svelte'
import { dayAfter, wallOf } from './wall'

const formats = new Map<string, Intl.DateTimeFormat>()

function format(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale()} ${currentZone()} ${name}`
  let found = formats.get(key)
  if (!found) {
    found = new Intl.DateTimeFormat(locale(), { timeZone: currentZone(), ...options })
    formats.set(key, found)
  }
  return found
}

/** 17:05 */
export function timeOf(instant: Date | string): string {
  return wallOf(new Date(instant), currentZone()).time
}

/** 17:05:00,123 as it stands in the play log. */
export function exactTimeOf(instant: Date | string): string {
  return format('exact', {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hourCycle: 'h23',
  }).format(new Date(instant))
}

/** thứ ba 24/11/2026 */
export function fullDay(instant: Date | string): string {
  const when = new Date(instant)
  const weekday = format('weekday', { weekday: 'long' }).format(when)
  return `${locale() === 'vi-VN' ? weekday.toLowerCase() : weekday} ${shortDay(when)}`
}

/** 24/11/2026 */
export function shortDay(instant: Date | string): string {
  return format('short', { day: '2-digit', month: '2-digit', year: 'numeric' }).format(
    new Date(instant),
  )
}

/** hôm nay, ngày mai, hôm qua or the date. */
export function dayWord(instant: Date | string, now: Date): string {
  const day = wallOf(new Date(instant), currentZone()).day
  const today = wallOf(now, currentZone()).day
  if (day === today) return t('time.today')
  if (day === dayAfter(today, 1)) return t('time.tomorrow')
  if (day === dayAfter(today, -1)) return t('time.yesterday')
  return shortDay(instant)
}

/** 17:05 hôm nay */
export function timeAndDay(instant: Date | string, now: Date): string {
  return t('time.at_day', { time: timeOf(instant), day: dayWord(instant, now) })
}

/** The day of 2026-11-24 in words: thứ ba 24/11/2026. */
export function fullDayOf(day: string): string {
  // Noon in the zone of the area, wherever the browser stands.
  return fullDay(new Date(`${day}T05:00:00Z`))
}

export function ago(instant: Date | string, now: Date): string {
  const minutes = Math.floor((now.getTime() - new Date(instant).getTime()) / 60_000)
  if (minutes < 1) return t('time.now')
  if (minutes < 60) return t('time.minutes_ago', { n: minutes })
  if (minutes < 48 * 60) return t('time.hours_ago', { n: Math.floor(minutes / 60) })
  return t('time.days_ago', { n: Math.floor(minutes / (24 * 60)) })
}

export function left(instant: Date | string, now: Date): string {
  const seconds = Math.round((new Date(instant).getTime() - now.getTime()) / 1000)
  if (seconds <= 0) return t('time.any_moment')
  if (seconds < 60) return t('time.in_seconds', { n: seconds })
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return t('time.in_minutes', { n: minutes })
  if (minutes >= 48 * 60) return t('time.in_days', { n: Math.round(minutes / (24 * 60)) })
  if (minutes % 60 === 0) return t('time.in_whole_hours', { n: minutes / 60 })
  return t('time.in_hours', { hours: Math.floor(minutes / 60), minutes: minutes % 60 })
}

/** 1 phút 5 giây */
export function lengthInWords(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000))
  if (seconds < 60) return t('time.length_short', { seconds })
  if (seconds % 60 === 0) return t('time.length_whole', { minutes: seconds / 60 })
  return t('time.length', { minutes: Math.floor(seconds / 60), seconds: seconds % 60 })
}

/** 1:05 */
export function length(ms: number): string {
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

export function number(value: number, digits = 0): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value)
}

/** How far the actual start lay from the planned one, in words. */
export function difference(ms: number): string {
  const size = Math.abs(ms)
  if (size < 0.05) return t('difference.exact')
  if (size >= 10_000) {
    const s = number(size / 1000, 1)
    return ms < 0 ? t('difference.early_s', { s }) : t('difference.late_s', { s })
  }
  const text = number(size, size < 10 ? 1 : 0)
  return ms < 0 ? t('difference.early', { ms: text }) : t('difference.late', { ms: text })
}

/** 05:30, 11:00 và 17:00 */
export function listInWords(items: string[]): string {
  if (items.length < 2) return items.join('')
  return items.slice(0, -1).join(', ') + t('time.and') + items.at(-1)
}
