import type { PlaceRequest } from '../api/types'

const KEY = 'loa-placing'

/** The request from above a place is being looked for; it outlives a reload of the page. */
export function beginPlacing(request: PlaceRequest): string {
  sessionStorage.setItem(KEY, JSON.stringify(request))
  return request.programme ? `/phat/ct/${request.programme}` : `/phat/${request.bulletin}`
}

/** The request that this bulletin or programme is being placed for. */
export function placing(piece: string): PlaceRequest | undefined {
  const kept = sessionStorage.getItem(KEY)
  if (!kept) return undefined
  const request = JSON.parse(kept) as PlaceRequest
  return piece === request.bulletin || piece === request.programme ? request : undefined
}

export function endPlacing(): void {
  sessionStorage.removeItem(KEY)
}
