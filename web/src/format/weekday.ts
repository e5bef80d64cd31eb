import { locale } from '../i18n/index.svelte'

const formats = new Map<string, Intl.DateTimeFormat>()

/** Thứ 3, or T3 where there is little room. */
export function weekdayName(day: string, roomy = true): string {
  const key = `${locale()} ${roomy}`
  let format = formats.get(key)
  if (!format) {
    format = new Intl.DateTimeFormat(locale(), { weekday: roomy ? 'short' : 'narrow', timeZone: 'UTC' })
    formats.set(key, format)
  }
  return format.format(new Date(`${day}T00:00:00Z`))
}
