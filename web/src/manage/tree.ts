import type { Account, Area, Deed } from '../api/generated'

/** An area as a line of an indented list; depth 0 is the highest one in sight. */
export interface Twig {
  area: Area
  depth: number
  children: Twig[]
}

/** The areas in sight as a tree; where the area above is out of sight, a new top begins. */
export function grown(areas: Area[]): Twig[] {
  const known = new Set(areas.map((area) => area.id))
  const below = new Map<string | null, Area[]>()
  for (const area of areas) {
    const parent = area.parent !== null && known.has(area.parent) ? area.parent : null
    below.set(parent, [...(below.get(parent) ?? []), area])
  }
  const twigs = (parent: string | null, depth: number): Twig[] =>
    (below.get(parent) ?? [])
      .sort(byName)
      .map((area) => ({ area, depth, children: twigs(area.id, depth + 1) }))
  return twigs(null, 0)
}

/** Every line from the top down. */
export function flat(twigs: Twig[]): Twig[] {
  return twigs.flatMap((twig) => [twig, ...flat(twig.children)])
}

/** The area itself and all above it that are in sight, nearest first. */
export function pathOf(areas: Area[], id: string): Area[] {
  const known = new Map(areas.map((area) => [area.id, area]))
  const path: Area[] = []
  for (let at = known.get(id); at && !path.includes(at); at = known.get(at.parent ?? '')) path.push(at)
  return path
}

/** Whether a person may do something at an area: one of their places is it or stands above it. */
export function may(account: Account | undefined, deed: Deed, areas: Area[], id: string): boolean {
  const places = account?.deeds[deed] ?? []
  return pathOf(areas, id).some((area) => places.includes(area.id))
}

/** The areas at which a person may do something. */
export function placesFor(account: Account | undefined, deed: Deed, areas: Area[]): Area[] {
  return areas.filter((area) => may(account, deed, areas, area.id))
}

/** Letters without marks and capitals, so that «phu cat» finds «Phù Cát». */
export function plainText(text: string): string {
  return text.toLowerCase().replaceAll('đ', 'd').normalize('NFD').replace(/\p{M}/gu, '')
}

/** Whether a text holds every word looked for; words with marks are looked for with them. */
export function matches(text: string, looked: string): boolean {
  const full = text.toLowerCase().normalize('NFC')
  const plain = plainText(text)
  return looked
    .toLowerCase()
    .normalize('NFC')
    .split(/\s+/)
    .every((word) => (plainText(word) === word ? plain : full).includes(word))
}

function byName(a: Area, b: Area): number {
  return a.name.localeCompare(b.name, 'vi', { numeric: true })
}
