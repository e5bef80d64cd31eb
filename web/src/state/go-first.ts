import { api } from '../api'

/** A place whose people decide that a broadcast goes before others there. */
export interface Ahead {
  area: string
  /** Ids of the priority broadcasts that would win otherwise. */
  before: string[]
}

/** Puts a broadcast right before those, in the order of each place; the rest stays as it was. */
export async function goFirst(broadcast: string, places: Ahead[]): Promise<void> {
  for (const { area, before } of places) {
    const { broadcasts } = await api.precedence(area)
    const others = broadcasts.map((each) => each.id).filter((each) => each !== broadcast)
    const places = before.map((each) => others.indexOf(each)).filter((at) => at >= 0)
    const at = places.length ? Math.min(...places) : 0
    await api.decidePrecedence(area, [...others.slice(0, at), broadcast, ...others.slice(at)])
  }
}
