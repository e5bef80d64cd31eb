import type { Facts } from '../i18n/fill'

/** A request that did not succeed: a stable code and facts; words live in the catalogues. */
export class Problem extends Error {
  readonly code: string
  readonly facts: Facts

  constructor(code: string, facts: Facts = {}) {
    super(code)
    this.name = 'Problem'
    this.code = code
    this.facts = facts
  }

  /** The server may never have heard of the request. */
  get unheard(): boolean {
    return this.code === 'network' || this.code === 'timeout'
  }
}

export function problemOf(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem('unknown_code', { code: String(error) })
}

/** The problem an answer of the server speaks of; proxies answer with pages, not with ours. */
export function problemOfAnswer(status: number, text: string): Problem {
  try {
    const answer: unknown = JSON.parse(text)
    if (typeof answer === 'object' && answer !== null && 'code' in answer) {
      const { code, facts } = answer as { code: string; facts?: Facts }
      return new Problem(code, facts)
    }
  } catch {
    // Not JSON: the status says what is known.
  }
  return status >= 500 ? new Problem('server_error') : new Problem('unknown_code', { code: status })
}
