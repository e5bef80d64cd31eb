/** Records from the microphone: what the browser can, how loud it is, and what may go wrong. */
export type RecorderState = 'idle' | 'asking' | 'recording' | 'paused' | 'done'
export type RecorderFault = 'refused' | 'none' | 'busy' | 'insecure' | 'unsupported' | 'failed'

export const MOST_MINUTES = 60
const KINDS = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus']
const PIECE_MS = 1_000
const BITS_PER_SECOND = 96_000

export class Recorder {
  state = $state<RecorderState>('idle')
  fault = $state<RecorderFault>()
  /** Peak of the last moment, 0 to 1. */
  level = $state(0)
  elapsedMs = $state(0)
  sound = $state.raw<Blob>()
  full = $state(false)

  #media: MediaRecorder | undefined
  #stream: MediaStream | undefined
  #context: AudioContext | undefined
  #pieces: Blob[] = []
  #frame = 0
  #since = 0
  #before = 0

  get busy(): boolean {
    return this.state === 'recording' || this.state === 'paused'
  }

  get ending(): string {
    return this.sound?.type.includes('mp4') ? 'm4a' : this.sound?.type.includes('ogg') ? 'ogg' : 'webm'
  }

  async start(): Promise<void> {
    this.fault = whyNot()
    if (this.fault) return
    this.state = 'asking'
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } })
    } catch (error) {
      this.state = 'idle'
      this.fault = faultOf(error)
      return
    }
    this.#begin(this.#stream)
  }

  pause(): void {
    if (this.state !== 'recording') return
    this.#before += performance.now() - this.#since
    this.#media?.pause()
    this.state = 'paused'
  }

  resume(): void {
    if (this.state !== 'paused') return
    this.#since = performance.now()
    this.#media?.resume()
    this.state = 'recording'
  }

  stop(): void {
    if (this.#media && this.#media.state !== 'inactive') this.#media.stop()
  }

  /** Forgets what was recorded. */
  discard(): void {
    if (this.#media) this.#media.onstop = null
    this.stop()
    this.#release()
    this.sound = undefined
    this.fault = undefined
    this.state = 'idle'
  }

  #release(): void {
    cancelAnimationFrame(this.#frame)
    this.#stream?.getTracks().forEach((track) => track.stop())
    void this.#context?.close()
    this.#context = undefined
    this.level = 0
  }

  #begin(stream: MediaStream): void {
    const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind))
    const options = { audioBitsPerSecond: BITS_PER_SECOND, ...(mimeType && { mimeType }) }
    const media = new MediaRecorder(stream, options)
    this.#media = media
    this.#pieces = []
    this.#before = 0
    this.elapsedMs = 0
    this.full = false
    this.sound = undefined
    media.ondataavailable = (event) => this.#pieces.push(event.data)
    media.onerror = () => (this.fault = 'failed')
    media.onstop = () => this.#finish(media.mimeType)
    // Pieces of a second: what was said is kept even when the microphone is pulled out.
    media.start(PIECE_MS)
    this.#since = performance.now()
    this.state = 'recording'
    this.#listen(stream)
  }

  #finish(mimeType: string): void {
    const sound = new Blob(this.#pieces, { type: mimeType })
    this.#release()
    this.sound = sound.size > 0 ? sound : undefined
    this.state = this.sound ? 'done' : 'idle'
    if (!this.sound) this.fault = 'failed'
  }

  #listen(stream: MediaStream): void {
    const context = new AudioContext()
    this.#context = context
    const ear = context.createAnalyser()
    ear.fftSize = 1024
    context.createMediaStreamSource(stream).connect(ear)
    const heard = new Float32Array(ear.fftSize)
    const look = () => {
      ear.getFloatTimeDomainData(heard)
      const peak = heard.reduce((most, each) => Math.max(most, Math.abs(each)), 0)
      // Falls slowly, so that an eye can follow it.
      this.level = this.state === 'recording' ? Math.max(peak, this.level * 0.93) : 0
      if (this.state === 'recording') this.elapsedMs = this.#before + performance.now() - this.#since
      if (this.elapsedMs >= MOST_MINUTES * 60_000) {
        this.full = true
        this.stop()
        return
      }
      this.#frame = requestAnimationFrame(look)
    }
    look()
  }
}

function whyNot(): RecorderFault | undefined {
  if (!window.isSecureContext) return 'insecure'
  if (!('mediaDevices' in navigator) || typeof MediaRecorder === 'undefined') return 'unsupported'
  return undefined
}

function faultOf(error: unknown): RecorderFault {
  const name = error instanceof DOMException ? error.name : ''
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused'
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'none'
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy'
  return 'failed'
}
