import { api } from '../api'
import { csrfHeader, PREFIX, refused } from '../api/client'
import { Problem, problemOf, problemOfAnswer } from '../api/problem'
import type { Bulletin } from '../api/types'
import { t } from '../i18n/index.svelte'
import { backoffMs } from './backoff'
import { readAgain } from './changes.svelte'
import { exactNow } from './clock.svelte'
import { heardFromServer } from './connection.svelte'
import { tell } from './notes.svelte'

export interface Upload {
  id: number
  title: string
  file: Blob
  fileName: string
  startedAt: number
  part: number
  state: 'sending' | 'waiting' | 'failed'
  waitS: number
  problem: Problem | undefined
}

/** The longest silence of the network in the middle of an upload. */
const STALL_MS = 60_000
/** Clocks of server and browser may differ by this much. */
const CLOCK_SLACK_MS = 5_000

let list = $state<Upload[]>([])
let last = 0
const requests = new Map<number, XMLHttpRequest>()

/** Uploads go on while other screens are looked at. */
export function uploads(): Upload[] {
  return list
}

export function upload(file: Blob, fileName: string, title: string): void {
  last += 1
  const startedAt = exactNow().getTime()
  list.push({
    id: last,
    title,
    file,
    fileName,
    startedAt,
    part: 0,
    state: 'sending',
    waitS: 0,
    problem: undefined,
  })
  const fresh = list.at(-1)
  if (fresh) void keepSending(fresh)
}

export function dropUpload(id: number): void {
  list = list.filter((each) => each.id !== id)
  requests.get(id)?.abort()
}

export function sendAgain(item: Upload): void {
  if (item.state === 'failed') void keepSending(item)
}

/** Sends until the server has it or refuses it; a lost network only makes it take longer. */
async function keepSending(item: Upload): Promise<void> {
  for (let failures = 0; isWanted(item); failures += 1) {
    try {
      if (failures > 0 && (await hasArrived(item))) return done(item)
      item.state = 'sending'
      item.problem = undefined
      await post(item)
      return done(item)
    } catch (error) {
      const problem = problemOf(error)
      if (!problem.unheard && problem.code !== 'busy') return failed(item, problem)
      await waitForNetwork(item, backoffMs(failures + 1))
    }
  }
}

function isWanted(item: Upload): boolean {
  return list.some((each) => each.id === item.id)
}

function done(item: Upload): void {
  if (isWanted(item)) tell(t('bulletins.sent', { title: item.title }))
  list = list.filter((each) => each.id !== item.id)
  readAgain('bulletins')
}

function failed(item: Upload, problem: Problem): void {
  item.state = 'failed'
  item.problem = problem
}

/** The answer may have been lost after the server kept the file: never make two of one. */
async function hasArrived(item: Upload): Promise<boolean> {
  const since = item.startedAt - CLOCK_SLACK_MS
  const same = (each: Bulletin) =>
    each.title === item.title && new Date(each.created_at).getTime() >= since
  return (await api.bulletins()).some(same)
}

async function waitForNetwork(item: Upload, ms: number): Promise<void> {
  item.state = 'waiting'
  item.part = 0
  const until = Date.now() + ms
  while (isWanted(item) && Date.now() < until) {
    item.waitS = Math.ceil((until - Date.now()) / 1000)
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

function post(item: Upload): Promise<void> {
  const form = new FormData()
  form.append('title', item.title)
  form.append('file', item.file, item.fileName)
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    requests.set(item.id, request)
    let guard = stallGuard(request)
    request.upload.onprogress = (event) => {
      clearTimeout(guard)
      guard = stallGuard(request)
      item.part = event.lengthComputable ? event.loaded / event.total : 0
    }
    request.onload = () => {
      heardFromServer()
      if (request.status < 300) resolve()
      else reject(refused(problemOfAnswer(request.status, request.responseText)))
    }
    request.onerror = request.onabort = () => reject(new Problem('network'))
    request.onloadend = () => {
      clearTimeout(guard)
      requests.delete(item.id)
    }
    request.open('POST', `${PREFIX}/bulletins`)
    for (const [name, value] of Object.entries(csrfHeader())) request.setRequestHeader(name, value)
    request.send(form)
  })
}

function stallGuard(request: XMLHttpRequest): ReturnType<typeof setTimeout> {
  return setTimeout(() => request.abort(), STALL_MS)
}
