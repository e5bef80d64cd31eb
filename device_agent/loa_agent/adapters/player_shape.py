"""What is done to samples before they leave: loudness, fades, one sample more or less, mixing.

Plain `array` arithmetic: numpy would cost a small board 25 MB for work that is needed on few
samples only. The one step done for every sample is the volume.
"""

from array import array
from functools import lru_cache

LOUDEST = 32767
QUIETEST = -32768
HALF_RANGE = 32768
UNITY_BITS = 16
UNITY = 1 << UNITY_BITS
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


def at_volume(samples: "array[int]", volume_percent: int) -> "array[int]":
    """The samples at a volume, rounded down.

    A loop over samples would take a board a tenth of its time. Here one long integer holds the
    whole block: every other sample, freed of its sign by adding half the range, is multiplied in
    a lane of 32 bits, in which nothing can overflow into the next.
    """
    factor = round(gain_of(volume_percent) * UNITY)
    if factor >= UNITY:
        return samples
    lanes = len(samples) // 2 + 1
    lane, sign, rest = _lanes(lanes, factor)
    whole = int.from_bytes(samples.tobytes(), "little") ^ sign
    low = ((whole & lane) * factor >> UNITY_BITS) & lane
    high = ((whole >> 16 & lane) * factor >> UNITY_BITS) & lane
    scaled = ((low | high << 16) + rest) ^ sign
    return array("h", scaled.to_bytes(lanes * 4 + 1, "little")[: 2 * len(samples)])


@lru_cache(maxsize=8)
def _lanes(lanes: int, factor: int) -> tuple[int, int, int]:
    """For a number of lanes: low halves, signs of both halves, what half the range lost."""
    ones = int.from_bytes(b"\1\0\0\0" * lanes, "little")
    lost = HALF_RANGE - (HALF_RANGE * factor >> UNITY_BITS)
    return ones * 0xFFFF, ones * 0x8000_8000, ones * (lost << 16 | lost)


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
    if there.tobytes().strip(b"\0"):
        pairs = zip(there, samples, strict=True)
        samples = array("h", [max(QUIETEST, min(LOUDEST, one + other)) for one, other in pairs])
    block[lead : lead + len(samples)] = samples
