import type { WishedWhen } from '../api/types'
import { minutesOf } from './wall'

/** When a broadcast shall sound, as the form holds it. */
export interface Wish {
  mode: 'now' | 'at' | 'daily'
  date: string
  time: string
  times: string[]
  from: string
  until: string
}

const STEP = 30
const AHEAD = 10

/** The form as it opens: the next half hour, today. */
export function freshWish(day: string, time: string): Wish {
  const next = Math.min(Math.ceil((minutesOf(time) + AHEAD) / STEP) * STEP, 23 * 60 + STEP)
  const soon = `${String(Math.floor(next / 60)).padStart(2, '0')}:${String(next % 60).padStart(2, '0')}`
  return { mode: 'now', date: day, time: soon, times: ['17:00'], from: day, until: '' }
}

/** The wish as the server takes it, or nothing while something is missing. */
export function whenOf(wish: Wish): WishedWhen | undefined {
  if (wish.mode === 'now') return { mode: 'now' }
  if (wish.mode === 'at') {
    return wish.date && wish.time ? { mode: 'at', start: `${wish.date}T${wish.time}` } : undefined
  }
  const times = [...new Set(wish.times.filter(Boolean))].sort()
  if (!times.length || !wish.from) return undefined
  return { mode: 'daily', times, from: wish.from, until: wish.until || null }
}
