import { getContext, setContext } from 'svelte'

import { api } from '../api'
import type { Broadcast, PlaceRequest } from '../api/types'
import { mayAnywhere } from './deeds'
import { resource, type Resource } from './resource.svelte'

/** What waits for the person at this screen. */
export interface Waiting {
  /** Broadcasts they may decide on. */
  approvals: Resource<Broadcast[]>
  /** Priority bulletins from above that their areas have not answered. */
  requests: Resource<PlaceRequest[]>
}

const KEY = Symbol('waiting')

/** Read once for the frame of all screens, which shows how much it is. */
export function keepWaiting(): Waiting {
  const approvals = resource(
    'approvals',
    () => (mayAnywhere('approve') ? api.approvals() : Promise.resolve([])),
    ['approvals'],
  )
  const requests = resource(
    'requests',
    () => (mayAnywhere('write') ? api.requests() : Promise.resolve([])),
    ['requests'],
  )
  return setContext(KEY, { approvals, requests })
}

export function waiting(): Waiting {
  return getContext<Waiting>(KEY)
}

/** How many things the person may answer; others of their area see the rest. */
export function waitingCount({ approvals, requests }: Waiting): number {
  return (approvals.data?.length ?? 0) + answerable(requests.data ?? []).length
}

export function answerable(requests: PlaceRequest[]): PlaceRequest[] {
  return requests.filter((each) => each.may_answer)
}
