import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { backoffMs } from '../state/backoff'
import { isLost } from '../state/connection.svelte'
import { routeOf } from '../state/router.svelte'
import { sendOnce } from '../state/send'
import { keepCsrf, request } from './client'
import { Problem, problemOfAnswer } from './problem'
import type { Broadcast, Order } from './types'

const answers: (Response | Error)[] = []
const asked: [string, RequestInit][] = []

beforeEach(() => {
  answers.length = asked.length = 0
  vi.stubGlobal('fetch', (url: string, options: RequestInit) => {
    asked.push([url, options])
    const answer = answers.shift() ?? new Error('nobody there')
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
  })
})
afterEach(() => vi.unstubAllGlobals())

const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status })

test('an unsafe request carries the token of the session, a safe one does not', async () => {
  keepCsrf('token', () => Promise.resolve())
  answers.push(json(200, []), json(201, {}))

  await request('GET', '/stations')
  await request('POST', '/stations', { name: 'x' })

  expect(asked.map(([, options]) => new Headers(options.headers).get('X-CSRF-Token'))).toEqual([
    null,
    'token',
  ])
})

test('a stale token is renewed once and the request repeated', async () => {
  keepCsrf('old', () => Promise.resolve(keepCsrf('new', () => Promise.resolve())))
  answers.push(json(403, { code: 'csrf', facts: {} }), json(201, { id: 's' }))

  expect(await request('POST', '/stations', {})).toEqual({ id: 's' })
  expect(new Headers(asked[1]?.[1].headers).get('X-CSRF-Token')).toBe('new')
})

test('a refusal keeps its code and facts', async () => {
  answers.push(json(422, { code: 'too_many_times', facts: { most: 24 } }))

  await expect(request('POST', '/broadcasts', {})).rejects.toMatchObject({
    code: 'too_many_times',
    facts: { most: 24 },
  })
})

test('a server that is not there is a lost network until it answers again', async () => {
  await expect(request('GET', '/stations')).rejects.toMatchObject({ code: 'network' })
  expect(isLost()).toBe(true)

  answers.push(json(200, []))
  await request('GET', '/stations')
  expect(isLost()).toBe(false)
})

test('the page of a proxy in the way is a server error', () => {
  expect(problemOfAnswer(502, '<h1>Bad gateway</h1>').code).toBe('server_error')
})

test('waiting doubles up to half a minute', () => {
  const even = () => 0.5

  expect([0, 1, 2, 3, 9].map((failures) => backoffMs(failures, even))).toEqual([
    1000, 2000, 4000, 8000, 30_000,
  ])
})

test('addresses lead to screens', () => {
  expect(routeOf('/')).toEqual({ name: 'home' })
  expect(routeOf('/ban-tin/')).toEqual({ name: 'bulletins' })
  expect(routeOf('/phat/bt-1')).toEqual({ name: 'send', id: 'bt-1' })
  expect(routeOf('/buoi-phat/bp-1')).toEqual({ name: 'broadcast', id: 'bp-1' })
  expect(routeOf('/phat/ct/ct-1')).toEqual({ name: 'send-programme', id: 'ct-1' })
  expect(routeOf('/chuong-trinh/moi')).toEqual({ name: 'programme', id: 'moi' })
  expect(routeOf('/no/such/place')).toEqual({ name: 'missing' })
})

const ORDER: Order = { bulletins: ['bt-1'], audiences: ['a-x'], when: { mode: 'now' } }
const AT = new Date('2026-11-24T10:00:00Z')
const made = (id: string, created_at: string) => ({ id, bulletins: ['bt-1'], created_at }) as Broadcast

test('an order whose answer was lost is looked for, not sent again', async () => {
  let sent = 0
  const server = {
    send: () => {
      sent += 1
      return Promise.reject(new Problem('timeout'))
    },
    broadcasts: () =>
      Promise.resolve([
        made('ours', '2026-11-24T10:00:01Z'),
        made('of this morning', '2026-11-24T01:00:00Z'),
      ]),
  }

  expect((await sendOnce(server, ORDER, AT)).id).toBe('ours')
  expect(sent).toBe(1)
})

test('a lost order of a programme is known by its programme', async () => {
  const ours = { ...made('ours', '2026-11-24T10:00:01Z'), programme: 'ct-1' }
  const server = {
    send: () => Promise.reject(new Problem('timeout')),
    broadcasts: () => Promise.resolve([made('another', '2026-11-24T10:00:01Z'), ours]),
  }
  const order: Order = { programme: 'ct-1', audiences: ['a-x'], when: { mode: 'now' } }

  expect((await sendOnce(server, order, AT)).id).toBe('ours')
})

test('an order of which nothing is known is not sent again by itself', async () => {
  const server = {
    send: () => Promise.reject(new Problem('network')),
    broadcasts: () => Promise.reject(new Problem('network')),
  }

  await expect(sendOnce(server, ORDER, AT)).rejects.toMatchObject({ code: 'network' })
})
