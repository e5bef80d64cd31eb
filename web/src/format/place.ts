import type { Area, Station } from '../api/types'

const COMMUNE = 2

/** Stations under the name of their commune, in the order of the areas. */
export function byCommune(areas: Area[], stations: Station[]): [string, Station[]][] {
  const known = new Map(areas.map((area) => [area.id, area]))
  const groups = new Map<string, Station[]>()
  for (const station of stations) {
    const name = communeOf(known, station.area)?.name ?? station.area_name
    groups.set(name, [...(groups.get(name) ?? []), station])
  }
  const byName = (a: Station, b: Station) => a.name.localeCompare(b.name, 'vi', { numeric: true })
  return [...groups].map(([name, group]) => [name, group.sort(byName)])
}

function communeOf(known: Map<string, Area>, id: string): Area | undefined {
  let area = known.get(id)
  while (area && area.level > COMMUNE && area.parent) area = known.get(area.parent)
  return area
}
