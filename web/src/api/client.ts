import { heardFromServer, lostServer } from '../state/connection.svelte'
import { heardDate } from '../state/clock.svelte'
import { Problem, problemOfAnswer } from './problem'

export const PREFIX = '/api/v1'
const TIMEOUT_MS = 15_000
/** Lists of thousands of lines take a small server a while to judge. */
const FILE_TIMEOUT_MS = 120_000

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

let csrf = ''
let renewSession: (() => Promise<unknown>) | undefined

export function keepCsrf(token: string, renew: () => Promise<unknown>): void {
  csrf = token
  renewSession = renew
}

export function csrfHeader(): Record<string, string> {
  return { 'X-CSRF-Token': csrf }
}

/** One request, answered within 15 seconds (a form within two minutes) or refused with a Problem. */
export async function request<T>(method: Method, path: string, body?: unknown): Promise<T> {
  try {
    return await once<T>(method, path, body)
  } catch (error) {
    // Somebody signed in anew in another tab: take that session's token and ask once more.
    if (!(error instanceof Problem) || error.code !== 'csrf' || !renewSession) throw error
    await renewSession()
    return once<T>(method, path, body)
  }
}

async function once<T>(method: Method, path: string, body?: unknown): Promise<T> {
  const answer = await send(method, path, body)
  const text = await answer.text().catch(() => unheard())
  heardFromServer()
  if (!answer.ok) throw refused(problemOfAnswer(answer.status, text))
  return (text ? JSON.parse(text) : undefined) as T
}

async function send(method: Method, path: string, body?: unknown): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json' }
  const form = body instanceof FormData
  // Of a form the browser itself says how its parts are set apart.
  if (body !== undefined && !form) headers['Content-Type'] = 'application/json'
  if (method !== 'GET') Object.assign(headers, csrfHeader())
  try {
    const answer = await fetch(PREFIX + path, {
      method,
      headers,
      body: body === undefined ? null : form ? body : JSON.stringify(body),
      credentials: 'same-origin',
      signal: AbortSignal.timeout(form ? FILE_TIMEOUT_MS : TIMEOUT_MS),
    })
    heardDate(answer.headers.get('Date'))
    return answer
  } catch (error) {
    return unheard(error)
  }
}

function unheard(error?: unknown): never {
  lostServer()
  const late = error instanceof DOMException && error.name === 'TimeoutError'
  throw new Problem(late ? 'timeout' : 'network')
}

/** Who is signed out is led to the sign-in page and back again. */
export function refused(problem: Problem): Problem {
  if (problem.code === 'not_signed_in') {
    const here = location.pathname + location.search
    location.assign(`/dang-nhap?next=${encodeURIComponent(here)}`)
  }
  return problem
}
