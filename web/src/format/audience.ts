import type { Area, Station } from '../api/types'
import { t } from '../i18n/index.svelte'
import { within } from './name'
import { listInWords } from './time'

const COMMUNE = 2
/** More single stations are counted, not named. */
const NAMES_SHOWN = 3

/** An area with what lies under it; areas without stations are left out. */
export interface Branch {
  area: Area
  branches: Branch[]
  stations: Station[]
  /** Ids of all stations in it, at any depth. */
  all: string[]
}

export type Chosen = ReadonlySet<string>

export const areaAudience = (id: string) => `a-${id}`
export const stationAudience = (id: string) => `s-${id}`

/** The tree below an area as a person may choose from it. */
export function branchOf(root: string, areas: Area[], stations: Station[]): Branch | undefined {
  const area = areas.find((each) => each.id === root)
  if (!area) return undefined
  const below = areas
    .filter((each) => each.parent === root)
    .map((each) => branchOf(each.id, areas, stations))
    .filter((branch) => branch !== undefined)
  const branches = below.filter((branch) => !isLone(branch))
  const lone = below.filter(isLone).flatMap((branch) => branch.stations)
  const own = [...stations.filter((station) => station.area === root), ...lone].sort(byName)
  const all = [...own.map((station) => station.id), ...branches.flatMap((branch) => branch.all)]
  return all.length ? { area, branches, stations: own, all } : undefined
}

/** A hamlet with one station is that station: one line to read, not two. */
function isLone(branch: Branch): boolean {
  return branch.area.level > COMMUNE && branch.all.length === 1
}

function byName(a: Station, b: Station): number {
  return a.name.localeCompare(b.name, 'vi', { numeric: true })
}

/** Ids of the stations that the chosen audiences reach. */
export function reached(branch: Branch, chosen: Chosen): string[] {
  if (chosen.has(areaAudience(branch.area.id))) return branch.all
  return [
    ...branch.stations.map((station) => station.id).filter((id) => chosen.has(stationAudience(id))),
    ...branch.branches.flatMap((each) => reached(each, chosen)),
  ]
}

export function chooseArea(branch: Branch, chosen: Chosen): Set<string> {
  const fresh = without(branch, chosen)
  fresh.add(areaAudience(branch.area.id))
  return fresh
}

/** Takes out an area and everything under it that was chosen by itself. */
export function without(branch: Branch, chosen: Chosen): Set<string> {
  const fresh = new Set(chosen)
  for (const id of branch.all) fresh.delete(stationAudience(id))
  for (const id of areasIn(branch)) fresh.delete(areaAudience(id))
  return fresh
}

/** Turns one thing off below an area chosen as a whole: its other parts stay chosen one by one. */
export function split(root: Branch, chosen: Chosen, off: string): Set<string> {
  const fresh = new Set(chosen)
  fresh.delete(off)
  if (fresh.delete(areaAudience(root.area.id))) {
    for (const branch of root.branches) fresh.add(areaAudience(branch.area.id))
    for (const station of root.stations) fresh.add(stationAudience(station.id))
    fresh.delete(off)
  }
  const under = root.branches.find((branch) => holds(branch, off))
  return under && areaAudience(under.area.id) !== off ? split(under, fresh, off) : fresh
}

/** What is chosen, in words: whole areas first, then single stations. */
export function chosenParts(root: Branch, chosen: Chosen): { areas: Branch[]; stations: Station[] } {
  if (chosen.has(areaAudience(root.area.id))) return { areas: [root], stations: [] }
  const below = root.branches.map((branch) => chosenParts(branch, chosen))
  return {
    areas: below.flatMap((each) => each.areas),
    stations: [
      ...root.stations.filter((station) => chosen.has(stationAudience(station.id))),
      ...below.flatMap((each) => each.stations),
    ],
  }
}

/** What is chosen below a root, as it stands in a sentence; empty when nothing is. */
export function chosenInWords(root: Branch, chosen: Chosen): string {
  const parts = chosenParts(root, chosen)
  const whole = parts.areas.map((branch) =>
    t('send.where_area', { area: within(branch.area.name), n: branch.all.length }),
  )
  const names = parts.stations.map((station) => within(station.name))
  const many = names.length > NAMES_SHOWN
  return listInWords([...whole, ...(many ? [t('send.station_count', { n: names.length })] : names)])
}

function areasIn(branch: Branch): string[] {
  return [branch.area.id, ...branch.branches.flatMap(areasIn)]
}

function holds(branch: Branch, audience: string): boolean {
  const areas = areasIn(branch).map(areaAudience)
  return areas.includes(audience) || branch.all.map(stationAudience).includes(audience)
}
