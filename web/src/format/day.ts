import type { Play } from '../api/types'
import { isSilent } from '../timetable/coming'
import type { Coming } from '../timetable/types'
import { minutesOf, wallOf } from './wall'

/** What sounded at one instant, over all stations that wrote it down. */
export interface Sounding {
  key: string
  broadcast: string | null
  title: string
  plannedAt: string
  playing: boolean
  /** Stations that have played or are playing it. */
  heard: number
  /** Stations that played only some of it. */
  partly: number
  /** Stations that played nothing of it. */
  missed: number
  /** The largest distance between planned and actual start. */
  worstMs: number | null
}

/** What sounds at one time of a day. */
export interface DayEntry {
  key: string
  broadcast: string | null
  title: string
  time: string
  minutes: number
  state: 'past' | 'playing' | 'coming'
  heard: number
  partly: number
  missed: number
  /** Names of where it is meant to sound, when still to come. */
  where: string[]
}

const COUNTED = {
  playing: 'heard',
  played: 'heard',
  partly: 'partly',
  missed: 'missed',
} as const satisfies Record<Play['outcome'], keyof Sounding>

/** Plays of the same instant become one line, newest first as they came. */
export function soundings(plays: Play[]): Sounding[] {
  const found = new Map<string, Sounding>()
  for (const play of plays) {
    if (!play.planned_at) continue
    const key = `${play.broadcast} ${play.planned_at}`
    const known = found.get(key) ?? blank(key, play, play.planned_at)
    known.playing ||= play.outcome === 'playing'
    known[COUNTED[play.outcome]] += 1
    if (play.difference_ms !== null && isWorse(play.difference_ms, known.worstMs)) {
      known.worstMs = play.difference_ms
    }
    found.set(key, known)
  }
  return [...found.values()]
}

/** One day as a list, earliest first: what the journals say, then what the timetable says. */
export function dayEntries(
  day: string,
  zone: string,
  plays: Play[],
  timeline: Coming[],
): DayEntry[] {
  const entries = new Map<string, DayEntry>()
  for (const sounding of soundings(plays)) {
    const wall = wallOf(new Date(sounding.plannedAt), zone)
    if (wall.day !== day) continue
    const { broadcast, title, heard, partly, missed } = sounding
    const key = `${broadcast} ${wall.time}`
    const state = sounding.playing ? 'playing' : 'past'
    const { time, minutes } = wall
    const counts = { heard, partly, missed }
    entries.set(key, { key, broadcast, title, time, minutes, state, ...counts, where: [] })
  }
  for (const each of timeline) {
    const wall = wallOf(new Date(each.starts_at), zone)
    const key = `${each.broadcast} ${wall.time}`
    if (wall.day !== day || entries.has(key) || isSilent(each)) continue
    entries.set(key, coming(key, each, wall.time))
  }
  return [...entries.values()].sort((a, b) => a.minutes - b.minutes)
}

function blank(key: string, play: Play, plannedAt: string): Sounding {
  const { broadcast, title } = play
  const counts = { heard: 0, partly: 0, missed: 0 }
  return { key, broadcast, title, plannedAt, playing: false, ...counts, worstMs: null }
}

function isWorse(ms: number, thanMs: number | null): boolean {
  return thanMs === null || Math.abs(ms) > Math.abs(thanMs)
}

function coming(key: string, each: Coming, time: string): DayEntry {
  return {
    key,
    broadcast: each.broadcast,
    title: each.title,
    time,
    minutes: minutesOf(time),
    state: 'coming',
    heard: 0,
    partly: 0,
    missed: 0,
    where: each.where,
  }
}
