/** Expressions in time: from rest (onset) to the apex and back (offset), frame by frame. */
import { MienError } from '../errors.ts';
import { Random } from '../tensor/random.ts';
import { sidesOf, type ActionUnit, type SidedIntensity, type UnitIntensities } from './rig/action-units.ts';
import { clamp, smoothstep } from './rig/curves.ts';
import type { SampledScene } from './sampling.ts';

export interface SequenceTiming {
  /** Frames until the apex, at it, and back. */
  readonly onset: number;
  readonly apex: number;
  readonly offset: number;
}

/** At 25 frames a second: a quick expression of about a second. */
export const DEFAULT_TIMING: SequenceTiming = { onset: 8, apex: 6, offset: 10 };

export interface SequenceFrame extends SampledScene {
  readonly frame: number;
  readonly phase: 'onset' | 'apex' | 'offset';
}

/**
 * The frames of an expression that comes and goes. Units start a little apart, the head sways a little, and the first
 * and the last frame are at rest.
 * @param apex the scene at its greatest intensity
 * @throws {MienError} when a phase is not whole frames, or the onset or the apex has none
 */
export function sequenceOf(
  apex: SampledScene,
  seed: number,
  name: string,
  timing: SequenceTiming = DEFAULT_TIMING,
): SequenceFrame[] {
  for (const [phase, frames] of Object.entries(timing) as [string, number][])
    if (!Number.isInteger(frames) || frames < (phase === 'offset' ? 0 : 1))
      throw new MienError(`timing: ${phase}: expected a whole number of frames, got ${frames}`);
  const total = timing.onset + timing.apex + timing.offset;
  const random = new Random(seed, `synth/${name}/sequence`);
  const delays = new Map<number, number>();
  for (const unit of Object.keys(apex.scene.units)) delays.set(Number(unit), random.range(0, 0.25));
  const sway = { yaw: random.range(-3, 3), pitch: random.range(-2, 2), phase: random.range(0, 6) };
  return Array.from({ length: total }, (_, frame): SequenceFrame => {
    const units: Partial<Record<ActionUnit, number | SidedIntensity>> = {};
    for (const [key, value] of Object.entries(apex.scene.units) as [string, number | SidedIntensity][]) {
      const share = envelope(frame, timing, delays.get(Number(key))!);
      if (share === 0) continue;
      const { left, right } = sidesOf(value);
      const [l, r] = [round(left * share), round(right * share)];
      units[Number(key) as ActionUnit] = l === r ? l : { left: l, right: r };
    }
    const { pose = { yawDeg: 0, pitchDeg: 0, rollDeg: 0 } } = apex.scene;
    const wave = Math.sin(sway.phase + (2 * Math.PI * frame) / Math.max(24, total));
    return {
      ...apex,
      frame,
      phase: frame < timing.onset ? 'onset' : frame < timing.onset + timing.apex ? 'apex' : 'offset',
      intensity: round(apex.intensity * envelope(frame, timing, 0.125)),
      scene: {
        ...apex.scene,
        units: units as UnitIntensities,
        pose: {
          yawDeg: round(pose.yawDeg + sway.yaw * wave),
          pitchDeg: round(pose.pitchDeg + sway.pitch * wave),
          rollDeg: pose.rollDeg,
        },
      },
    };
  });
}

/** 0 at the first frame and the last, 1 at the apex. @param delay share of the onset by which a unit is late */
function envelope(frame: number, { onset, apex, offset }: SequenceTiming, delay: number): number {
  if (frame < onset) return smoothstep(delay, 1, frame / onset);
  if (frame < onset + apex) return 1;
  return 1 - smoothstep(0, 1 - delay, clamp((frame - onset - apex + 1) / offset, 0, 1));
}

const round = (value: number): number => Math.round(value * 1e4) / 1e4;
