import type { Area } from '../api/generated'

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

export type Known = ReadonlyMap<string, Area>

/** Areas by id: made once where many paths are asked for. */
export function byId(areas: Area[]): Known {
  return new Map(areas.map((area) => [area.id, area]))
}

/** The area itself and all above it that are in sight, nearest first. */
export function pathOf(areas: Area[] | Known, id: string): Area[] {
  const known = Array.isArray(areas) ? byId(areas) : areas
  const path: Area[] = []
  for (let at = known.get(id); at && !path.includes(at); at = known.get(at.parent ?? '')) path.push(at)
  return path
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
