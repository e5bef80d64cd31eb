/** Wall time of a zone as plain parts and texts; no words. */
export interface Wall {
  /** 2026-11-24 */
  day: string
  /** 17:05 */
  time: string
  /** Minutes since midnight. */
  minutes: number
}

const parts = new Map<string, Intl.DateTimeFormat>()

export function wallOf(instant: Date, zone: string): Wall {
  let format = parts.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
    parts.set(zone, format)
  }
  const found = Object.fromEntries(format.formatToParts(instant).map((p) => [p.type, p.value]))
  const time = `${found['hour']}:${found['minute']}`
  return {
    day: `${found['year']}-${found['month']}-${found['day']}`,
    time,
    minutes: minutesOf(time),
  }
}

/** Minutes since midnight of 17:05; 24:00 is 1440. */
export function minutesOf(time: string): number {
  const [hours = '0', minutes = '0'] = time.split(':')
  return Number(hours) * 60 + Number(minutes)
}

/** The day so many days later, as text of the same kind. */
export function dayAfter(day: string, days: number): string {
  const moved = new Date(`${day}T00:00:00Z`)
  moved.setUTCDate(moved.getUTCDate() + days)
  return moved.toISOString().slice(0, 10)
}

/** ISO weekday, 1 Monday .. 7 Sunday. */
export function weekdayOf(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay() || 7
}
