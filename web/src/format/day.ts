import type { Broadcast, Play } from '../api/types'
import { minutesOf, wallOf } from './wall'

/** What sounds at one time of a day, whatever the number of stations. */
export interface DayEntry {
  key: string
  broadcast: string | null
  title: string
  time: string
  minutes: number
  state: 'past' | 'playing' | 'coming'
  /** How many stations have played or are playing it. */
  heard: number
  /** How many stations have written down that they missed some of it. */
  trouble: number
  /** Names of where it is meant to sound, when still to come. */
  where: string[]
}

/** One day as a list, earliest first: what the journals say, then what the server says is next. */
export function dayEntries(
  day: string,
  zone: string,
  plays: Play[],
  broadcasts: Broadcast[],
): DayEntry[] {
  const entries = new Map<string, DayEntry>()
  for (const play of plays) if (play.planned_at) addPlay(entries, play, play.planned_at, day, zone)
  for (const broadcast of broadcasts) {
    for (const time of comingTimes(broadcast, day, zone)) {
      const key = `${broadcast.id} ${time}`
      if (!entries.has(key)) entries.set(key, coming(key, broadcast, time))
    }
  }
  return [...entries.values()].sort((a, b) => a.minutes - b.minutes)
}

function addPlay(
  entries: Map<string, DayEntry>,
  play: Play,
  planned: string,
  day: string,
  zone: string,
): void {
  const wall = wallOf(new Date(planned), zone)
  if (wall.day !== day) return
  const key = `${play.broadcast} ${wall.time}`
  const entry = entries.get(key) ?? {
    key,
    broadcast: play.broadcast,
    title: play.title,
    time: wall.time,
    minutes: wall.minutes,
    state: 'past',
    heard: 0,
    trouble: 0,
    where: [],
  }
  if (play.outcome === 'playing') entry.state = 'playing'
  if (play.outcome === 'playing' || play.outcome === 'played') entry.heard += 1
  else entry.trouble += 1
  entries.set(key, entry)
}

/** `next_at` is the server's word; a daily rule names the later times of the same day itself. */
function comingTimes(broadcast: Broadcast, day: string, zone: string): string[] {
  if (!broadcast.next_at || broadcast.stopped_at) return []
  const next = wallOf(new Date(broadcast.next_at), zone)
  if (next.day !== day) return []
  const rule = broadcast.when
  const later = rule.mode === 'daily' ? rule.times.filter((time) => time > next.time) : []
  return [next.time, ...later.map((time) => time.slice(0, 5))]
}

function coming(key: string, broadcast: Broadcast, time: string): DayEntry {
  return {
    key,
    broadcast: broadcast.id,
    title: broadcast.title,
    time,
    minutes: minutesOf(time),
    state: 'coming',
    heard: 0,
    trouble: 0,
    where: broadcast.audiences.map((audience) => audience.name),
  }
}
