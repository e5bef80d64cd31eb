import { problemOf } from '../api/problem'
import type { Broadcast, Order } from '../api/types'

/** Clocks of server and browser may differ by this much. */
const CLOCK_SLACK_MS = 5_000

interface Server {
  send: (order: Order) => Promise<Broadcast>
  broadcasts: () => Promise<Broadcast[]>
}

/**
 * Orders a broadcast exactly once. When the answer was lost on the way, the order may stand all the
 * same: it is looked for, and the person told to look when even that cannot be known.
 */
export async function sendOnce(server: Server, order: Order, at: Date): Promise<Broadcast> {
  try {
    return await server.send(order)
  } catch (error) {
    const problem = problemOf(error)
    if (!problem.unheard) throw problem
    const since = at.getTime() - CLOCK_SLACK_MS
    const found = (await server.broadcasts().catch(() => [])).find(
      (each) => holds(each, order) && Date.parse(each.created_at) >= since,
    )
    if (found) return found
    throw problem
  }
}

function holds(broadcast: Broadcast, order: Order): boolean {
  if (order.programme) return broadcast.programme === order.programme
  return (order.bulletins ?? []).every((piece) => broadcast.bulletins.includes(piece))
}
