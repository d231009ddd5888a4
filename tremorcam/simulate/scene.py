"""What a rendered video shows, as plain frozen values that compose.

Sides are the subject's own. Directions (``axis_deg``) are in the picture for the subject's
left side, whose outside is the picture's right: 0 points outwards, 90 up. On the right side
the same direction is mirrored, so that 0 still points away from the nose.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from tremorcam.anatomy import Side

Interval = tuple[float, float]


@dataclass(frozen=True)
class Smile:
    """One smile: the corners start to move at ``start_s`` and to return at ``end_s``.

    ``onset_s`` and ``offset_s`` are how long these movements take; the hold lies between.
    Excursions of 7 to 22 mm a side are usual (Paletz 1994), an onset of about half a second
    (Am J Orthod Dentofacial Orthop 2005, 128:8). ``narrowing_*`` is how far each eye closes
    with the smile, as a share of its open aperture: 0.22 ± 0.13 in healthy people, 0.33 ± 0.14
    in synkinesis (doi:10.1002/lary.23778).
    """

    start_s: float
    end_s: float
    left_mm: float = 8.0
    right_mm: float = 8.0
    onset_s: float = 0.6
    offset_s: float = 0.7
    narrowing_left: float = 0.15
    narrowing_right: float = 0.15

    @property
    def hold(self) -> Interval:
        """Start and end of the steady stretch, in seconds."""
        return self.start_s + self.onset_s, self.end_s


@dataclass(frozen=True)
class Tremor:
    """An oscillation of a patch of skin that moves as a whole.

    Parameters
    ----------
    region, side
        A region of :data:`tremorcam.anatomy.REGIONS`; ``both`` moves left and right together.
    hz, mm : float
        Mean frequency and amplitude (peak, half of peak to peak).
    axis_deg : float
        Direction, see the module.
    when : {'hold', 'smile', 'always'} or tuple of intervals in seconds
        When it is there; it fades in and out over 0.25 s within that time.
    growth : float
        Amplitude at the end of each stretch over that at its start, growing linearly with
        ``mm`` as the mean.
    spread : tuple of (region, gain)
        Further regions of the same side that follow the same oscillation, weaker or stronger.
    right_gain, right_lag_s : float
        With ``side='both'``: the right side's amplitude over the left's, and its delay.
    frequency_sd_hz, amplitude_cv : float
        Slow random wander of frequency and relative amplitude.
    """

    region: str
    side: Side
    hz: float
    mm: float
    axis_deg: float = 90.0
    when: Literal["hold", "smile", "always"] | tuple[Interval, ...] = "hold"
    growth: float = 1.0
    spread: tuple[tuple[str, float], ...] = ()
    right_gain: float = 1.0
    right_lag_s: float = 0.0
    frequency_sd_hz: float = 0.0
    amplitude_cv: float = 0.0


@dataclass(frozen=True)
class Twitches:
    """Irregular twitches (fasciculation) of small patches near one region.

    They come as a Poisson process, each at one of ``n_patches`` places within
    ``scatter_iod`` interocular distances of the region's centre, in a random direction.
    """

    region: str
    side: Side
    rate_hz: float
    mm: float
    duration_s: Interval = (0.1, 0.5)
    when: Literal["hold", "smile", "always"] | tuple[Interval, ...] = "hold"
    growth: float = 1.0
    n_patches: int = 4
    scatter_iod: float = 0.05


@dataclass(frozen=True)
class Contraction:
    """A pull of a region: it moves ``mm`` along ``axis_deg``, holds, and returns.

    With ``clonic_hz`` the pull relaxes by ``clonic_depth`` (0 to 1) at that rate.
    ``event`` names it in the truth; an empty name keeps it out of the events.
    """

    region: str
    side: Side
    start_s: float
    end_s: float
    mm: float
    axis_deg: float = 90.0
    rise_s: float = 0.08
    fall_s: float = 0.15
    clonic_hz: float = 0.0
    clonic_depth: float = 0.0
    spread: tuple[tuple[str, float], ...] = ()
    event: str = "mouth_burst"


@dataclass(frozen=True)
class Closure:
    """An eye, or both, closes: a blink, a wink, a spasm.

    ``depth`` is the share of the aperture that is lost at its height. ``start_s`` is when
    the lids begin to move, ``end_s`` when they are open again.
    """

    side: Side
    start_s: float
    end_s: float
    depth: float = 1.0
    close_s: float = 0.1
    open_s: float = 0.15
    clonic_hz: float = 0.0
    clonic_depth: float = 0.0
    event: str = "blink"


@dataclass(frozen=True)
class Talk:
    """Jaw and lower lip open and close irregularly, with most power from 2 to 7 Hz."""

    start_s: float
    end_s: float
    mm: float = 3.0
    band_hz: Interval = (2.0, 7.0)


@dataclass(frozen=True)
class Head:
    """Rigid motion of the head: slow random sway (RMS values) and a head tremor (peak).

    ``yaw_deg`` (positive towards the picture's right) and ``pitch_deg`` (chin down) hold the
    head turned, ``turn_sway_deg`` lets both sway. A turned head shows relief: near parts of
    the face shift against far ones. Beyond 15° the photograph folds. Turning left and right
    changes the sideways part of a tremor, as it does in life; its vertical part stays exact.
    """

    sway_mm: float = 0.8
    sway_deg: float = 0.4
    sway_scale: float = 0.002
    sway_hz: float = 0.4
    tremor_hz: float = 5.0
    tremor_mm: float = 0.0
    tremor_axis_deg: float = 90.0
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    turn_sway_deg: float = 0.0


@dataclass(frozen=True)
class Light:
    """Light, its flicker, and the sensor's noise.

    ``flicker_depth`` modulates the brightness by 1 ± depth at ``flicker_hz``; lamps flicker
    at twice the mains frequency, which frames sample too slowly and so alias.
    ``flicker_local`` (0 to 1) makes it uneven over the picture, from full depth on the right
    edge to ``1 - flicker_local`` of it on the left. ``readout_s`` is how long a rolling
    shutter takes from top to bottom. Noise is in grey levels of 255: its variance is
    ``read_noise² + shot_noise² · grey / 255``.
    """

    gain: float = 1.0
    flicker_hz: float = 0.0
    flicker_depth: float = 0.0
    flicker_local: float = 0.0
    readout_s: float = 0.0
    read_noise: float = 1.0
    shot_noise: float = 1.5


@dataclass(frozen=True)
class Camera:
    """Frame size, rate and timing.

    ``exposure_s`` is centred on a frame's time. ``interval_sd_s`` jitters the true times,
    ``repeat_every`` shows every n-th frame a second time in place of a new one,
    ``repeat_share`` and ``drop_share`` do so, or leave frames out, at random.
    """

    width_px: int = 1280
    height_px: int = 720
    interocular_px: float = 160.0
    rate_hz: float = 30.0
    exposure_s: float = 0.0
    interval_sd_s: float = 0.0
    repeat_every: int = 0
    repeat_share: float = 0.0
    drop_share: float = 0.0
    shake_px: float = 0.0
    shake_hz: float = 6.0


@dataclass(frozen=True)
class Encoding:
    """How frames are written; ``bit_rate_bps`` takes the place of ``crf`` where given."""

    codec: str = "libx264"
    crf: int = 16
    bit_rate_bps: int | None = None
    preset: str = "veryfast"
    key_frame_every: int = 250


@dataclass(frozen=True)
class Scene:
    """Everything a rendered video shows.

    ``face`` is a photograph's path; ``None`` is the portrait in the package.
    ``pattern`` and ``severity`` are labels that go to the truth.
    """

    duration_s: float = 12.0
    face: str | None = None
    seed: int = 0
    pattern: str = "none"
    severity: float = 0.0
    smiles: tuple[Smile, ...] = ()
    tremors: tuple[Tremor, ...] = ()
    twitches: tuple[Twitches, ...] = ()
    contractions: tuple[Contraction, ...] = ()
    closures: tuple[Closure, ...] = ()
    talks: tuple[Talk, ...] = ()
    head: Head = field(default_factory=Head)
    light: Light = field(default_factory=Light)
    camera: Camera = field(default_factory=Camera)
    encoding: Encoding = field(default_factory=Encoding)
