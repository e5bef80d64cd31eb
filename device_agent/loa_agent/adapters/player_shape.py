"""What is done to samples before they leave: loudness, fades, one sample more or less, mixing.

Plain `array` arithmetic: numpy would cost a small board 25 MB for work that is needed on few
samples only. The one step done for every sample, the volume, is a look-up in a table.
"""

from array import array
from functools import lru_cache

LOUDEST = 32767
QUIETEST = -32768
SLIDE_FRAMES = 48
"""Over so many frames one sample is taken out or put in, so that nothing clicks."""


def silence(frames: int) -> "array[int]":
    """Samples that are not heard."""
    return array("h", bytes(2 * frames))


def gain_of(volume_percent: int) -> float:
    """Amplitude for a volume: the cube, as desktop sound servers do, since ears are not linear.

    100 % leaves samples as they are, 80 % is -5.8 dB, 50 % is -18 dB, 0 % is silence.
    """
    return (max(0, min(100, volume_percent)) / 100) ** 3


@lru_cache(maxsize=4)
def _table(volume_percent: int) -> "array[int]":
    """The scaled value of every sample; negative ones sit where negative indices reach."""
    gain = gain_of(volume_percent)
    values = [*range(LOUDEST + 1), *range(QUIETEST, 0)]
    return array("h", [round(value * gain) for value in values])


def at_volume(samples: "array[int]", volume_percent: int) -> "array[int]":
    """The samples at a volume."""
    if volume_percent >= 100:  # noqa: PLR2004 - percent
        return samples
    return array("h", map(_table(volume_percent).__getitem__, samples))


def fade(samples: "array[int]", start: float, step: float) -> None:
    """Multiply in place by a gain that begins at `start` and grows by `step` per sample."""
    for index, value in enumerate(samples):
        samples[index] = int(value * max(0.0, min(1.0, start + index * step)))


def resized(samples: "array[int]", frames: int) -> "array[int]":
    """As many samples as `frames`, at most one more or fewer, by sliding over a short stretch."""
    change = len(samples) - frames
    begin = (frames - SLIDE_FRAMES) // 2
    if change == 0 or begin < 1:
        return samples[:frames]
    end = begin + SLIDE_FRAMES
    slid = array("h")
    for index in range(begin, end):
        place = index + change * (index - begin) / SLIDE_FRAMES
        left = int(place)
        part = place - left
        slid.append(round(samples[left] * (1 - part) + samples[left + 1] * part))
    return samples[:begin] + slid + samples[end + change :]


def add(block: "array[int]", samples: "array[int]", lead: int) -> None:
    """Let the samples sound in the block too, from frame `lead` on, held inside the range."""
    there = block[lead : lead + len(samples)]
    if any(there):
        pairs = zip(there, samples, strict=True)
        samples = array("h", [max(QUIETEST, min(LOUDEST, one + other)) for one, other in pairs])
    block[lead : lead + len(samples)] = samples
