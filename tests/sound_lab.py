"""A sound card made of software and a recorder whose time axis is tied to the wall clock.

`sound_server` runs a private PulseAudio with one null sink, to which ALSA's `default` leads.
`Recorder` records the sink's monitor. PulseAudio says which sample of that recording is heard at
any moment (`pa_stream_get_time`, which accounts for the sink's and the monitor's buffers and the
way between server and client); the median of thousands of such answers ties the axis to the wall
clock, and `spread_ms` says how far they disagree. Whether the answers are true is checked without
PulseAudio's word by `arrival_lead_ms`: a null sink renders a fragment at once when the time of
its first sample has come, so the least delayed fragments arrive just under `FRAGMENT_MS` before
the instant that the axis gives to their end. An axis that is late shows more than that, one that
is early shows less by as much.
"""

import ctypes
import os
import signal
import statistics
import subprocess
import threading
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import imageio_ffmpeg
import numpy as np

RATE = 48_000
FRAGMENT_MS = 4
START_S = 20.0
PRIORITY = 20
LOOK_EVERY_S = 0.002
SETTLED_READINGS = 200
SETTLED_S = 100e-6
AGREED_S = 0.05
_READY_CONTEXT, _READY_STREAM = 4, 2
_RECORD_FLAGS = 0x2 | 0x8 | 0x2000  # interpolated timing, kept up to date, small latency
_NO_AUTOSPAWN = 1
_S16LE = 3


@dataclass(frozen=True)
class SoundServer:
    """A running null sink; `asound` is what ALSA_CONFIG_PATH must name to reach it."""

    address: str
    asound: Path
    process: "subprocess.Popen[bytes]"

    def environment(self) -> dict[str, str]:
        return os.environ | {"ALSA_CONFIG_PATH": str(self.asound), "PULSE_SERVER": self.address}

    def pause(self) -> None:
        """From now on it neither plays nor answers."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """After a pause."""
        self.process.send_signal(signal.SIGCONT)


@contextmanager
def sound_server(folder: Path) -> Iterator[SoundServer]:
    """A private PulseAudio that reads no settings and writes below `folder` only."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    socket = folder / "native"
    asound = folder / "asound.conf"
    asound.write_text(
        "</usr/share/alsa/alsa.conf>\n"
        f'pcm.!default {{ type pulse server "unix:{socket}" }}\n'
        f'ctl.!default {{ type pulse server "unix:{socket}" }}\n'
    )
    home = {name: str(folder) for name in ("HOME", "XDG_RUNTIME_DIR", "PULSE_RUNTIME_PATH")}
    command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--disable-shm=yes"]
    command += ["--use-pid-file=no", "--log-level=error", "--realtime=no", "--high-priority=no"]
    command += ["-L", f"module-null-sink sink_name=loa rate={RATE} channels=1 format=s16le"]
    command += ["-L", f"module-native-protocol-unix socket={socket} auth-anonymous=1"]
    log = folder / "pulseaudio.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=os.environ | home, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        try:
            _await(socket.exists, lambda: f"no sound server: {log.read_text()}")
            # It stands for a card, which no load on the processor delays.
            for task in Path(f"/proc/{process.pid}/task").iterdir():
                with suppress(PermissionError):
                    os.sched_setscheduler(int(task.name), os.SCHED_RR, os.sched_param(PRIORITY))
            yield SoundServer(f"unix:{socket}", asound, process)
        finally:
            process.terminate()
            process.wait(START_S)


def _await(condition, complaint):
    deadline = time.monotonic() + START_S
    pause = threading.Event()
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(complaint())
        pause.wait(0.01)


class Recorder:
    """Records a monitor from `start` to `stop` in a thread of its own."""

    def __init__(self, server: SoundServer, source: str = "loa.monitor") -> None:
        self._server = server
        self._source = source
        self._pulse = _libpulse()
        self._parts: list[bytes] = []
        self._frames = 0
        self._heard: list[float] = []
        self._arrivals: list[tuple[int, float]] = []
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)

    def __enter__(self) -> Self:
        pulse = self._pulse
        self._loop = pulse.pa_threaded_mainloop_new()
        api = pulse.pa_threaded_mainloop_get_api(self._loop)
        self._context = pulse.pa_context_new(api, b"recorder")
        address = self._server.address.encode()
        with _urgent():
            pulse.pa_threaded_mainloop_start(self._loop)
        with self._locked():
            pulse.pa_context_connect(self._context, address, _NO_AUTOSPAWN, None)
        self._await_state(pulse.pa_context_get_state, self._context, _READY_CONTEXT)
        spec = _Spec(_S16LE, RATE, 1)
        whole = 2**32 - 1
        fragment = _Buffer(whole, whole, whole, whole, RATE * FRAGMENT_MS // 1000 * 2)
        with self._locked():
            self._stream = pulse.pa_stream_new(self._context, b"all", ctypes.byref(spec), None)
            pulse.pa_stream_connect_record(
                self._stream, self._source.encode(), ctypes.byref(fragment), _RECORD_FLAGS
            )
        self._await_state(pulse.pa_stream_get_state, self._stream, _READY_STREAM)
        self._thread.start()
        _await(self._is_settled, lambda: "the recording has no steady time axis")
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        pulse = self._pulse
        with self._locked():
            pulse.pa_stream_disconnect(self._stream)
            pulse.pa_stream_unref(self._stream)
            pulse.pa_context_disconnect(self._context)
            pulse.pa_context_unref(self._context)
        pulse.pa_threaded_mainloop_stop(self._loop)
        pulse.pa_threaded_mainloop_free(self._loop)

    def stop(self) -> None:
        """No more is recorded."""
        self._end.set()
        self._thread.join(START_S)

    def samples(self) -> "np.ndarray":
        """All that was recorded, mono 16 bit at 48 kHz."""
        return np.frombuffer(b"".join(self._parts), "<i2")

    def first_at(self) -> float:
        """Unix seconds at which the first recorded sample was heard."""
        return statistics.median(self._heard)

    def spread_ms(self) -> float:
        """How far single answers of the sound server lie from the median: 99th percentile."""
        return float(np.percentile(np.abs(np.array(self._heard) - self.first_at()), 99) * 1e3)

    def arrival_lead_ms(self) -> float:
        """By how much the quickest fragments precede the end the axis gives them."""
        first_at = self.first_at()
        leads = [first_at + frames / RATE - arrived for frames, arrived in self._arrivals]
        return float(np.percentile(leads, 99) * 1e3)

    def instant(self, frame: float) -> float:
        """Unix seconds at which a recorded frame was heard."""
        return self.first_at() + frame / RATE

    def frame(self, instant: float) -> int:
        """The recorded frame that was heard then."""
        return round((instant - self.first_at()) * RATE)

    def _is_settled(self) -> bool:
        """At first the server still counts what lay in its buffers before we came."""
        latest = self._heard[-SETTLED_READINGS:]
        if len(latest) < SETTLED_READINGS or max(latest) - min(latest) > SETTLED_S:
            return False
        frames, arrived = self._arrivals[-1]
        if abs(latest[-1] + frames / RATE - arrived) > AGREED_S:
            return False
        self._heard = latest
        self._arrivals = []
        return True

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._pulse.pa_threaded_mainloop_lock(self._loop)
        try:
            yield
        finally:
            self._pulse.pa_threaded_mainloop_unlock(self._loop)

    def _await_state(self, get_state, thing, ready):
        def reached():
            with self._locked():
                return get_state(thing) == ready

        _await(reached, lambda: "the sound server does not answer")

    def _run(self) -> None:
        with _urgent():
            self._record()

    def _record(self) -> None:
        while not self._end.wait(LOOK_EVERY_S):
            with self._locked():
                while self._take():
                    pass
                self._ask_time()

    def _take(self) -> bool:
        data = ctypes.c_void_p()
        size = ctypes.c_size_t()
        self._pulse.pa_stream_peek(self._stream, ctypes.byref(data), ctypes.byref(size))
        if size.value == 0:
            return False
        part = ctypes.string_at(data, size.value) if data else bytes(size.value)
        self._pulse.pa_stream_drop(self._stream)
        self._parts.append(part)
        self._frames += len(part) // 2
        self._arrivals.append((self._frames, time.time()))
        return True

    def _ask_time(self) -> None:
        heard = ctypes.c_uint64()
        before = time.time()
        status = self._pulse.pa_stream_get_time(self._stream, ctypes.byref(heard))
        after = time.time()
        if status == 0 and heard.value and after - before < 0.0002:
            self._heard.append((before + after) / 2 - heard.value / 1e6)


@contextmanager
def _urgent() -> Iterator[None]:
    """Threads begun inside, and this one, go before everyone's, where the system allows."""
    policy, parameter = os.sched_getscheduler(0), os.sched_getparam(0)
    with suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(PRIORITY))
    try:
        yield
    finally:
        os.sched_setscheduler(0, policy, parameter)


class _Spec(ctypes.Structure):
    _fields_ = (("format", ctypes.c_int), ("rate", ctypes.c_uint32), ("channels", ctypes.c_uint8))


class _Buffer(ctypes.Structure):
    _fields_ = tuple(
        (name, ctypes.c_uint32) for name in ("most", "target", "prebuf", "minreq", "fragment")
    )


def _libpulse() -> ctypes.CDLL:
    pulse = ctypes.CDLL("libpulse.so.0")
    pointer = ctypes.c_void_p
    for name, result, arguments in (
        ("pa_threaded_mainloop_new", pointer, ()),
        ("pa_threaded_mainloop_get_api", pointer, (pointer,)),
        ("pa_threaded_mainloop_start", ctypes.c_int, (pointer,)),
        ("pa_threaded_mainloop_stop", None, (pointer,)),
        ("pa_threaded_mainloop_free", None, (pointer,)),
        ("pa_threaded_mainloop_lock", None, (pointer,)),
        ("pa_threaded_mainloop_unlock", None, (pointer,)),
        ("pa_context_new", pointer, (pointer, ctypes.c_char_p)),
        ("pa_context_connect", ctypes.c_int, (pointer, ctypes.c_char_p, ctypes.c_int, pointer)),
        ("pa_context_get_state", ctypes.c_int, (pointer,)),
        ("pa_context_disconnect", None, (pointer,)),
        ("pa_context_unref", None, (pointer,)),
        ("pa_stream_new", pointer, (pointer, ctypes.c_char_p, pointer, pointer)),
        (
            "pa_stream_connect_record",
            ctypes.c_int,
            (pointer, ctypes.c_char_p, pointer, ctypes.c_int),
        ),
        ("pa_stream_get_state", ctypes.c_int, (pointer,)),
        ("pa_stream_peek", ctypes.c_int, (pointer, pointer, pointer)),
        ("pa_stream_drop", ctypes.c_int, (pointer,)),
        ("pa_stream_get_time", ctypes.c_int, (pointer, pointer)),
        ("pa_stream_disconnect", ctypes.c_int, (pointer,)),
        ("pa_stream_unref", None, (pointer,)),
    ):
        function = getattr(pulse, name)
        function.restype = result
        function.argtypes = arguments
    return pulse


def opus(path: Path, samples: "np.ndarray") -> Path:
    """The samples as the server would prepare them: mono Opus at 32 kbit/s."""
    command = [*_ffmpeg(), "-f", "s16le", "-ar", str(RATE), "-ac", "1", "-i", "-"]
    command += ["-c:a", "libopus", "-b:a", "32k", "-vbr", "constrained", "-f", "ogg", str(path)]
    subprocess.run(command, input=samples.astype("<i2").tobytes(), check=True)
    return path


def decoded(path: Path) -> "np.ndarray":
    """What ffmpeg hears in an Opus file; it takes the container apart by its own means."""
    command = [*_ffmpeg(), "-c:a", "libopus", "-i", str(path)]
    command += ["-f", "s16le", "-ar", str(RATE), "-ac", "1", "-"]
    return np.frombuffer(subprocess.run(command, check=True, capture_output=True).stdout, "<i2")


def wav(path: Path, samples: "np.ndarray") -> Path:
    """The samples as a WAV file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.astype("<i2").tobytes())
    return path


def noise(frames: int, seed: int = 1) -> "np.ndarray":
    """Sound that resembles itself at no other place, within the band that Opus keeps."""
    raw = np.random.default_rng(seed).standard_normal(frames + 8)
    smooth = np.convolve(raw, np.ones(9) / 3, "valid")
    return (6000 * smooth / np.std(smooth)).clip(-32768, 32767).astype("<i2")


def place_of(pattern: "np.ndarray", within: "np.ndarray") -> tuple[int, float]:
    """The frame at which the pattern lies in a recording, and the likeness there, up to 1."""
    pattern = pattern.astype(np.float64)
    within = within.astype(np.float64)
    size = len(within) + len(pattern)
    product = np.fft.rfft(within, size) * np.conj(np.fft.rfft(pattern, size))
    found = np.fft.irfft(product, size)[: max(1, len(within) - len(pattern) + 1)]
    frame = int(np.argmax(found))
    there = within[frame : frame + len(pattern)]
    strength = float(np.linalg.norm(there) * np.linalg.norm(pattern))
    return frame, float(found[frame]) / strength if strength else 0.0


def _ffmpeg() -> list[str]:
    return [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-nostdin"]
