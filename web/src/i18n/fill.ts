export type Facts = Record<string, unknown>

const PLACE = /\{(\w+)(?:\|([^|}]*)\|([^|}]*))?\}/g

/** Puts facts into `{name}`; `{name|one|other}` chooses a word by the number. */
export function fill(text: string, facts: Facts = {}): string {
  return text.replace(PLACE, (whole, name: string, one?: string, other?: string) => {
    const fact = facts[name]
    if (one !== undefined && other !== undefined) return Number(fact) === 1 ? one : other
    return fact === undefined || fact === null ? whole : String(fact)
  })
}
