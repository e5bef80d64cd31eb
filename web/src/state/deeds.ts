import type { Account, Area, Deed } from '../api/types'
import { byId, pathOf, type Known } from '../manage/tree'
import { currentAccount } from './session.svelte'

/** Ids of the areas at which, and under which, whoever is signed in may do this. */
export function heldAt(deed: Deed): string[] {
  return currentAccount()?.deeds[deed] ?? []
}

export function mayAnywhere(deed: Deed): boolean {
  return heldAt(deed).length > 0
}

/** Whether a person may do something at an area: one of their places is it or stands above it. */
export function may(account: Account | undefined, deed: Deed, areas: Area[] | Known, id: string): boolean {
  return liesIn(id, account?.deeds[deed] ?? [], areas)
}

/** The areas at which a person may do something. */
export function placesFor(account: Account | undefined, deed: Deed, areas: Area[]): Area[] {
  const known = byId(areas)
  return areas.filter((area) => may(account, deed, known, area.id))
}

/** The highest of the areas at which this is allowed: one of them covers all under it. */
export function topsFor(deed: Deed, areas: Area[]): Area[] {
  return topsOf(heldAt(deed), areas)
}

export function topsOf(held: string[], areas: Area[]): Area[] {
  const known = byId(areas)
  return areas.filter((area) => held.includes(area.id) && !liesIn(area.parent ?? '', held, known))
}

/** Whether an area lies at or under one of these. */
export function liesIn(area: string, tops: string[], areas: Area[] | Known): boolean {
  return pathOf(areas, area).some((each) => tops.includes(each.id))
}
