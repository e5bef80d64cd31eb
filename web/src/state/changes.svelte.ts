import { PREFIX } from '../api/client'
import { backoffMs } from './backoff'
import { heardFromServer, isLost, lostServer } from './connection.svelte'

/** What the server counts; a counter that grew means that something of the subject changed. */
const SUBJECTS = [
  'stations',
  'bulletins',
  'broadcasts',
  'plays',
  'approvals',
  'areas',
  'people',
  'programmes',
  'requests',
] as const
export type Subject = (typeof SUBJECTS)[number]

const SILENCE_MS = 45_000
const POLL_MS = 15_000
const NOT_STREAMING_BEFORE = 2

const turns = $state(Object.fromEntries(SUBJECTS.map((name) => [name, 0])) as Record<Subject, number>)
const unread = new Set<Subject>()
let counters: Partial<Record<Subject, number>> = {}
let source: EventSource | undefined
let failures = 0
let heardAt = 0
let timer: ReturnType<typeof setTimeout> | undefined

/** Grows whenever what is shown of the subject should be read again. */
export function turnOf(subject: Subject): number {
  return turns[subject]
}

/** Whoever looks away spares the network; what changed meanwhile is read on the way back. */
export function readAgain(...subjects: Subject[]): void {
  if (document.visibilityState === 'hidden') subjects.forEach((subject) => unread.add(subject))
  else subjects.forEach((subject) => (turns[subject] += 1))
}

function lookBack(): void {
  const subjects = [...unread]
  unread.clear()
  readAgain(...subjects)
}

/** Listens for changes until told to stop; a lost stream is opened again and everything re-read. */
export function listenForChanges(): () => void {
  const wake = () => {
    if (document.visibilityState === 'hidden') return
    lookBack()
    if (source?.readyState === EventSource.OPEN) return
    failures = 0
    open()
  }
  const guard = setInterval(look, POLL_MS)
  window.addEventListener('online', wake)
  document.addEventListener('visibilitychange', wake)
  open()
  return () => {
    clearInterval(guard)
    clearTimeout(timer)
    source?.close()
    window.removeEventListener('online', wake)
    document.removeEventListener('visibilitychange', wake)
  }
}

function open(): void {
  clearTimeout(timer)
  source?.close()
  const stream = new EventSource(`${PREFIX}/events`)
  source = stream
  stream.addEventListener('changed', (event) => heard(event as MessageEvent<string>))
  stream.addEventListener('open', () => {
    heardAt = Date.now()
    const again = failures > 0 || isLost()
    failures = 0
    heardFromServer()
    if (again) readAll()
  })
  stream.addEventListener('error', () => {
    stream.close()
    timer = setTimeout(open, backoffMs(failures))
    failures += 1
    // A stream may end for many reasons; an ordinary request tells whether the server is there.
    if (!navigator.onLine) lostServer()
    else if (failures === NOT_STREAMING_BEFORE) readAll()
  })
}

function heard(event: MessageEvent<string>): void {
  heardAt = Date.now()
  const fresh = JSON.parse(event.data) as Record<Subject, number>
  const grown = (Object.keys(turns) as Subject[]).filter((s) => fresh[s] !== counters[s])
  const first = Object.keys(counters).length === 0
  counters = fresh
  if (!first) readAgain(...grown)
}

/** Without a stream the lists are still read now and then, so that nothing on screen grows old. */
function look(): void {
  if (document.visibilityState === 'hidden') return
  const streaming = source?.readyState === EventSource.OPEN
  if (streaming && Date.now() - heardAt < SILENCE_MS) return
  if (streaming || failures >= NOT_STREAMING_BEFORE || isLost()) readAll()
}

function readAll(): void {
  readAgain(...SUBJECTS)
}
