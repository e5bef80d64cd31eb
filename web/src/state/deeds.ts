import type { Area, Deed } from '../api/types'
import { currentAccount } from './session.svelte'

/** The areas at which, and under which, the person may do this. */
export function placesFor(deed: Deed): string[] {
  return currentAccount()?.deeds[deed] ?? []
}

export function mayAnywhere(deed: Deed): boolean {
  return placesFor(deed).length > 0
}

/** The highest of the areas at which this is allowed: one of them covers all under it. */
export function topsFor(deed: Deed, areas: Area[]): Area[] {
  return topsOf(placesFor(deed), areas)
}

export function topsOf(held: string[], areas: Area[]): Area[] {
  const places = new Set(held)
  const known = new Map(areas.map((area) => [area.id, area]))
  return areas.filter((area) => places.has(area.id) && !isUnder(area, places, known))
}

function isUnder(area: Area, places: Set<string>, known: Map<string, Area>): boolean {
  for (let above = known.get(area.parent ?? ''); above; above = known.get(above.parent ?? '')) {
    if (places.has(above.id)) return true
  }
  return false
}

/** Whether an area lies at or under one of these. */
export function liesIn(area: string, tops: string[], areas: Area[]): boolean {
  const known = new Map(areas.map((each) => [each.id, each]))
  for (let at = known.get(area); at; at = known.get(at.parent ?? '')) {
    if (tops.includes(at.id)) return true
  }
  return false
}
