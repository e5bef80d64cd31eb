# ruff: noqa: INP001 - a script beside its samples, not a package
"""Makes the audio samples again from the spoken sentence, byte for byte with one ffmpeg.

Run it from the repository: `python audio_samples/make_samples.py`. The sentence itself,
`speech.flac`, is spoken by espeak-ng only if it is missing (`apt install espeak-ng`).
"""

import shutil
import subprocess
import tempfile
import wave
from pathlib import Path

import imageio_ffmpeg

HERE = Path(__file__).parent
SENTENCE = "Đây là đài truyền thanh xã. Kính mời bà con đến nhà văn hoá thôn lúc bảy giờ sáng mai."
EXACT = ("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact")
GOOD = {
    "speech.mp3": ("-ar", "44100", "-c:a", "libmp3lame", "-b:a", "48k"),
    "speech.m4a": ("-ar", "44100", "-c:a", "aac", "-b:a", "48k", "-movflags", "+faststart"),
    "speech.wav": ("-ar", "16000", "-c:a", "pcm_s16le"),
    "speech.ogg": ("-ar", "44100", "-c:a", "libvorbis", "-q:a", "1"),
    "speech.opus": ("-ar", "48000", "-c:a", "libopus", "-b:a", "24k"),
    "speech.webm": ("-ar", "48000", "-c:a", "libopus", "-b:a", "24k"),
}


def main() -> None:
    """Write every sample next to this file."""
    speech = HERE / "speech.flac"
    if not speech.exists():
        _speak(speech)
    for name, options in GOOD.items():
        _ffmpeg("-i", str(speech), *options, *EXACT, str(HERE / name))
    # One quiet, one far too loud: levelling must bring both to the same loudness.
    _ffmpeg("-i", str(speech), "-af", "volume=-24dB", "-b:a", "48k", *EXACT, _to("quiet.mp3"))
    _ffmpeg("-i", str(speech), "-af", "volume=18dB", "-b:a", "48k", *EXACT, _to("clipped.mp3"))
    shutil.copyfile(HERE / "speech.mp3", HERE / "mp3-named.wav")
    (HERE / "empty.mp3").write_bytes(b"")
    (HERE / "text-renamed.mp3").write_text(f"{SENTENCE}\n" * 20, encoding="utf-8")
    _silence(HERE / "silent.wav")
    _cut(HERE / "speech.mp3", HERE / "truncated.mp3")
    _cut(HERE / "speech.m4a", HERE / "truncated.m4a")
    # A phone writes the index last: cut short, such a file has none.
    _ffmpeg("-i", str(speech), "-c:a", "aac", "-b:a", "32k", *EXACT, _to("truncated-index.m4a"))
    _cut(HERE / "truncated-index.m4a", HERE / "truncated-index.m4a")
    (HERE / "playlist.mp3").write_text("#EXTM3U\n#EXTINF:5,\nspeech.mp3\n", encoding="utf-8")


def _to(name: str) -> str:
    return str(HERE / name)


def _speak(target: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        spoken = Path(scratch) / "spoken.wav"
        command = ["espeak-ng", "-v", "vi", "-s", "160", "-w", str(spoken), SENTENCE]
        subprocess.run(command, check=True)  # noqa: S603 - fixed words, made by hand
        _ffmpeg("-i", str(spoken), "-ar", "22050", "-c:a", "flac", *EXACT, str(target))


def _ffmpeg(*arguments: str) -> None:
    start = (imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-y")
    subprocess.run([*start, *arguments], check=True)  # noqa: S603 - fixed words, made by hand


def _silence(target: Path) -> None:
    with wave.open(str(target), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(2 * 8000 * 3))


def _cut(source: Path, target: Path) -> None:
    whole = source.read_bytes()
    target.write_bytes(whole[: len(whole) * 6 // 10])


if __name__ == "__main__":
    main()
