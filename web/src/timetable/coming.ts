import { oddHour } from '../format/plan'
import { wallOf } from '../format/wall'
import type { Coming } from './types'

/** When something of an occurrence is first heard, or would have been. */
export function heardFrom(coming: Coming): string {
  return coming.sounds[0]?.begin ?? coming.starts_at
}

/** How long is heard of it, interruptions left out. */
export function heardMs(coming: Coming): number {
  return coming.sounds.reduce((sum, sound) => sum + Date.parse(sound.end) - Date.parse(sound.begin), 0)
}

export function isSilent(coming: Coming): boolean {
  return coming.outcome === 'silent'
}

/** Audible before six or after nine in the evening. */
export function isOdd(coming: Coming): boolean {
  return !isSilent(coming) && oddHour(heardFrom(coming)) !== undefined
}

/** Local days of the coming hours in order, each earliest first. */
export function byDay(list: Coming[], zone: string): { day: string; items: Coming[] }[] {
  const days = new Map<string, Coming[]>()
  const sorted = [...list].sort((a, b) => Date.parse(heardFrom(a)) - Date.parse(heardFrom(b)))
  for (const coming of sorted) {
    const { day } = wallOf(new Date(heardFrom(coming)), zone)
    days.set(day, [...(days.get(day) ?? []), coming])
  }
  return [...days].map(([day, items]) => ({ day, items }))
}
